/// A strip of rows of an enlarged picture, made of tiles that overlap: where they do, values and
/// entropies are means weighted by the distance from the tiles' edges.
struct TileBlend {
  /// Pixels of a row.
  private let columns: Int
  private let channels: Int
  /// Rows and columns of a tile.
  private let side: Int
  /// Pixels from a tile's edge to where it has its full weight.
  private let ramp: Int
  /// The row of the picture that the strip begins with.
  private(set) var firstRow = 0
  /// Weighted sums of the values of each pixel, then of its entropy, and the sum of the weights.
  private var sums: [Float] = []
  private var perPixel: Int { channels + 2 }

  /// - Parameters:
  ///   - columns: Pixels of a row.
  ///   - channels: Values of a pixel.
  ///   - side: Rows and columns of a tile.
  ///   - ramp: Pixels from a tile's edge to where it has its full weight.
  init(columns: Int, channels: Int, side: Int, ramp: Int) {
    (self.columns, self.channels, self.side, self.ramp) = (columns, channels, side, max(1, ramp))
  }

  /// The sums of rows that are not finished.
  var memory: [Float] { sums }

  /// Continues with the sums of rows that were not finished.
  ///
  /// - Parameters:
  ///   - row: The first of the rows.
  ///   - memory: The sums.
  mutating func resume(at row: Int, _ memory: [Float]) { (firstRow, sums) = (row, memory) }

  /// Makes room for the rows before one.
  mutating func extend(to row: Int) {
    let missing = (row - firstRow) * columns * perPixel - sums.count
    sums += [Float](repeating: 0, count: max(0, missing))
  }

  /// Adds a tile, of which what lies beyond the picture is left out.
  ///
  /// - Parameters:
  ///   - tile: What is decoded of it.
  ///   - row: The row of its upper edge in the picture.
  ///   - column: The column of its left edge.
  mutating func add(_ tile: DecodedTile, row: Int, column: Int) {
    let perEntropy = tile.entropies.count / (side * side)
    let top = row - firstRow
    let rows = sums.count / (columns * perPixel)
    for y in 0..<min(side, rows - top) {
      for x in 0..<min(side, columns - column) {
        let (own, place) = (y * side + x, ((top + y) * columns + column + x) * perPixel)
        let weight = weight(y) * weight(x)
        for channel in 0..<channels {
          sums[place + channel] += weight * Float(tile.values[own * channels + channel])
        }
        for part in 0..<perEntropy {
          sums[place + channels] += weight * tile.entropies[own * perEntropy + part]
        }
        sums[place + channels + 1] += weight
      }
    }
  }

  /// The weight of a tile's row or column, 3t² - 2t³ of its distance from the edge: where two tiles
  /// overlap the weights sum to 1, and one of hardly any begins.
  private func weight(_ place: Int) -> Float {
    let t = min(1, (Float(min(place, side - 1 - place)) + 0.5) / Float(ramp))
    return t * t * (3 - 2 * t)
  }

  /// Removes the rows before one and returns their values and entropies.
  mutating func take(to row: Int) -> (values: [UInt8], entropies: [Float]) {
    let pixels = (row - firstRow) * columns
    var (values, entropies): ([UInt8], [Float]) = ([], [])
    values.reserveCapacity(pixels * channels)
    entropies.reserveCapacity(pixels)
    for pixel in 0..<pixels {
      let place = pixel * perPixel
      let weight = sums[place + channels + 1]
      for channel in 0..<channels { values.append(UInt8(restored: sums[place + channel] / weight)) }
      entropies.append(sums[place + channels] / weight)
    }
    sums.removeFirst(pixels * perPixel)
    firstRow = row
    return (values, entropies)
  }
}
