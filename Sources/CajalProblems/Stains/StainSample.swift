import CajalImages

/// Sampled pixels for finding stains: a few of every tile, always at the same places.
enum StainSample {
  /// Pixels of a tile.
  private static let count = 16

  /// Red, green and blue of 16 pixels, no two of them in one row or column of a 16 × 16 grid; empty
  /// for a gray tile.
  static func pixels(of tile: Image) -> [UInt8] {
    guard tile.channels == 3 else { return [] }
    var sample: [UInt8] = []
    sample.reserveCapacity(3 * count)
    for index in 0..<count {
      let y = (2 * index + 1) * tile.height / (2 * count)
      let x = (2 * (index * 7 % count) + 1) * tile.width / (2 * count)
      for channel in 0..<3 { sample.append(tile[x, y, channel]) }
    }
    return sample
  }
}
