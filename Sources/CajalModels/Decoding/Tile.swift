import CajalTensor

/// An input of an image transformer that is decoded beside others.
struct Tile: Sendable {
  /// `[1, input rows, input columns, channels]`
  let input: Tensor<UInt8>
  /// Its number, which samples depend on.
  let number: Int
}

/// What is decoded of a tile, row by row.
struct DecodedTile: Sendable {
  /// The values of the picture.
  var values: [Int32]
  /// The entropies of positions in nats, where they are wanted.
  var entropies: [Float]

  init(count: Int, entropies: Int) {
    values = [Int32](repeating: 0, count: count)
    self.entropies = [Float](repeating: 0, count: entropies)
  }
}
