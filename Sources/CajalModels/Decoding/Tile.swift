import CajalTensor

/// An input of an image transformer that is decoded beside others.
struct Tile: Sendable {
  /// `[1, input rows, input columns, channels]`
  let input: Tensor<UInt8>
  /// Its number, which samples depend on.
  let number: Int
  /// What is known of its target.
  var known: KnownValues?
}

/// Values of a target that are decoded already: those above a row and left of a column.
struct KnownValues: Sendable {
  /// Normalized values, row by row; undefined where they are not known.
  let values: [Int32]
  /// Sub-pixels of a row.
  let columns: Int
  /// Rows that are known, and sub-pixels of each row that are.
  let knownRows: Int, knownColumns: Int

  /// The values of a position, whose first is number `position` · `count`; `nil` if they are not
  /// known.
  func values(at position: Int, count: Int) -> ArraySlice<Int32>? {
    let (row, column) = (position * count).quotientAndRemainder(dividingBy: columns)
    guard row < knownRows || column < knownColumns else { return nil }
    return values[(position * count)..<((position + 1) * count)]
  }
}

/// What is decoded of a tile, row by row.
struct DecodedTile: Sendable {
  /// The values that later positions are predicted from.
  var chosen: [Int32]
  /// The values of the picture: the chosen ones or means.
  var shown: [Int32]
  /// The entropies of positions in nats, where they are wanted.
  var entropies: [Float]

  init(count: Int, entropies: Int) {
    chosen = [Int32](repeating: 0, count: count)
    shown = chosen
    self.entropies = [Float](repeating: 0, count: entropies)
  }
}
