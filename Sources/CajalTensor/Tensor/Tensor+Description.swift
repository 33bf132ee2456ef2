extension Tensor: CustomStringConvertible {
  /// The type, the shape and the elements as NumPy writes them: in nested brackets, a matrix row by
  /// row with its columns aligned. Of a tensor of more than a thousand elements, axes longer than
  /// six show the first and the last three only.
  public var description: String {
    let isShortened = count > 1000
    let shown = shape.dimensions.map { shownIndices(of: $0, isShortened) }
    let words = scalars(at: shown).map { "\($0)" }
    let width = words.map(\.count).max() ?? 0
    let aligned = words.map { String(repeating: " ", count: width - $0.count) + $0 }
    let text = TensorText(words: rank > 1 ? aligned : words, shown: shown)
    return "Tensor<\(Scalar.self)>\(shape):\(rank > 1 ? "\n" : " ")\(text.list(axis: 0, start: 0))"
  }

  private func shownIndices(of extent: Int, _ isShortened: Bool) -> [Int] {
    isShortened && extent > 6
      ? Array(0..<3) + Array(extent - 3..<extent) : Array(0..<extent)
  }

  /// The elements at all combinations of indices, one list for each axis.
  private func scalars(at indices: [[Int]]) -> [Scalar] {
    let offsets = zip(indices, shape.strides).reduce([0]) { offsets, axis in
      offsets.flatMap { offset in axis.0.map { offset + $0 * axis.1 } }
    }
    return withSpan { elements in offsets.map { elements[$0] } }
  }
}

/// The words for a tensor's elements in nested brackets.
private struct TensorText {
  /// What is written of the elements that are shown, in row-major order.
  let words: [String]
  /// The indices that are shown of each axis.
  let shown: [[Int]]

  private static let lineLength = 96

  /// The list of the part of axes `axis...` whose words begin at `start`.
  func list(axis: Int, start: Int) -> String {
    guard axis < shown.count else { return words[start] }
    let step = shown[(axis + 1)...].reduce(1) { $0 * $1.count }
    var items = shown[axis].indices.map { list(axis: axis + 1, start: start + $0 * step) }
    if let gap = zip(shown[axis], shown[axis].dropFirst()).first(where: { $1 > $0 + 1 }) {
      items.insert("…", at: gap.0 + 1)
    }
    let indent = String(repeating: " ", count: axis + 1)
    guard axis < shown.count - 1 else { return "[" + wrapped(items, indent: indent) + "]" }
    // A line for each row, with empty lines between matrices, and more between their stacks.
    let lines = String(repeating: "\n", count: shown.count - 1 - axis)
    return "[" + items.joined(separator: "," + lines + indent) + "]"
  }

  /// The words of a row, in lines of limited length.
  private func wrapped(_ items: [String], indent: String) -> String {
    var (text, length) = ("", indent.count)
    for (index, item) in items.enumerated() {
      if index > 0 {
        let fits = length + item.count + 2 <= Self.lineLength
        text += fits ? ", " : ",\n" + indent
        length = fits ? length + 2 : indent.count
      }
      text += item
      length += item.count
    }
    return text
  }
}
