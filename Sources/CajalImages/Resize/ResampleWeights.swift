/// The input positions and weights of each output position along one side, or of some of them.
struct ResampleWeights {
  /// The first input position of each output position.
  private(set) var first: [Int] = []
  /// The start of each output position's weights, and the end of the last.
  private(set) var offsets: [Int] = [0]
  /// The weights of all output positions, one after another; those of one position sum to 1.
  private(set) var weights: [Double] = []

  /// - Parameters:
  ///   - inputSide: The number of input positions.
  ///   - outputSide: The number of output positions.
  ///   - positions: The output positions wanted; `nil` is all.
  ///   - filter: The filter.
  init(
    inputSide: Int, outputSide: Int, positions: Range<Int>? = nil, filter: ResizeFilter
  ) {
    for position in positions ?? 0..<outputSide {
      switch filter {
      case .nearest:
        append(first: (2 * position + 1) * inputSide / (2 * outputSide), [1])
      case .bicubicRepeatingEdges:
        let center = (Double(position) + 0.5) * Double(inputSide) / Double(outputSide)
        appendRepeatingEdges(center: center, inputSide: inputSide, filter: filter)
      case .bilinear, .bicubic, .lanczos3:
        appendDroppingOutside(
          position: position, scale: Double(inputSide) / Double(outputSide), inputSide: inputSide,
          filter: filter)
      }
    }
  }

  /// Pillow's convention: the filter widens when the picture becomes smaller, positions outside the
  /// picture are dropped and the other weights made to sum to 1.
  private mutating func appendDroppingOutside(
    position: Int, scale: Double, inputSide: Int, filter: ResizeFilter
  ) {
    let widening = max(scale, 1)
    let center = (Double(position) + 0.5) * scale
    let reach = filter.support * widening
    let start = max(Int(center - reach + 0.5), 0)
    let end = min(Int(center + reach + 0.5), inputSide)
    let raw = (start..<end).map { filter.weight(at: (Double($0) - center + 0.5) * (1 / widening)) }
    let sum = raw.reduce(0, +)
    append(first: start, raw.map { sum == 0 ? $0 : $0 / sum })
  }

  /// PyTorch's convention: the filter keeps its width, and positions outside the picture count
  /// toward the edge pixel.
  private mutating func appendRepeatingEdges(
    center: Double, inputSide: Int, filter: ResizeFilter
  ) {
    let base = Int((center - 0.5).rounded(.down))
    let positions = (base - 1...base + 2).map { min(max($0, 0), inputSide - 1) }
    var folded = [Double](repeating: 0, count: positions[3] - positions[0] + 1)
    for (tap, position) in positions.enumerated() {
      folded[position - positions[0]] += filter.weight(
        at: Double(base - 1 + tap) + 0.5 - center)
    }
    append(first: positions[0], folded)
  }

  /// The input positions that the output positions depend on.
  var inputs: Range<Int> {
    let ends = first.indices.map { first[$0] + offsets[$0 + 1] - offsets[$0] }
    return (first.min() ?? 0)..<(ends.max() ?? 0)
  }

  /// The same weights of a part of the input that begins at `start`.
  func ofInputs(from start: Int) -> ResampleWeights {
    var shifted = self
    shifted.first = first.map { $0 - start }
    return shifted
  }

  private mutating func append(first: Int, _ weights: [Double]) {
    self.first.append(first)
    self.weights += weights
    offsets.append(self.weights.count)
  }
}
