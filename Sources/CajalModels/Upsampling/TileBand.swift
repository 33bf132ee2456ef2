/// The targets of some rows of tiles of a picture.
struct TileBand {
  /// A tile's place: the first row and column of its input, and how many rows and columns of it
  /// earlier tiles cover.
  struct Place {
    let row: Int, column: Int
    let knownRows: Int, knownColumns: Int
  }

  /// The first row of the input.
  private let firstRow: Int
  /// Pixels of a row, and rows.
  private let columns: Int, rows: Int
  private let factor: Int, channels: Int
  /// Rows and columns of a tile's target.
  private let side: Int
  /// The values that tiles are decoded from, and those that are shown.
  private var chosen: [Int32], shown: [UInt8]
  private var entropies: [Float]
  private(set) var decodedTiles = 0

  /// - Parameters:
  ///   - rows: The rows of the input.
  ///   - columns: The columns of the input.
  ///   - factor: How many times as large targets are.
  ///   - channels: Values per pixel.
  ///   - side: Rows and columns of a tile's target.
  ///   - above: The chosen values of rows that end where those begin that are to be decoded.
  ///   - knownRows: How many of them are rows of the band.
  init(
    rows: Range<Int>, columns: Int, factor: Int, channels: Int, side: Int, above: [Int32],
    knownRows: Int
  ) {
    (firstRow, self.factor, self.channels, self.side) = (rows.lowerBound, factor, channels, side)
    self.columns = columns * factor
    self.rows = rows.count * factor
    let pixels = self.rows * self.columns
    let known = above.suffix(knownRows * self.columns * channels)
    chosen = known + [Int32](repeating: 0, count: pixels * channels - known.count)
    shown = [UInt8](repeating: 0, count: pixels * channels)
    entropies = [Float](repeating: 0, count: pixels)
  }

  /// What is known of a tile's target.
  func known(_ place: Place) -> KnownValues {
    var values = [Int32](repeating: 0, count: side * side * channels)
    for (row, tileRow) in lines(of: place) {
      let count = min(side, columns - place.column * factor) * channels
      let (from, to) = (row * channels, tileRow * side * channels)
      values.replaceSubrange(to..<(to + count), with: chosen[from..<(from + count)])
    }
    return KnownValues(
      values: values, columns: side * channels, knownRows: place.knownRows * factor,
      knownColumns: place.knownColumns * factor * channels)
  }

  /// Sets what was decoded of a tile, where it was not known.
  mutating func set(_ tile: DecodedTile, at place: Place) {
    decodedTiles += 1
    let perPixel = tile.entropies.count / (side * side)
    let width = min(side, columns - place.column * factor)
    for (row, tileRow) in lines(of: place) {
      let first = tileRow < place.knownRows * factor ? width : place.knownColumns * factor
      for column in first..<max(first, width) {
        let (pixel, own) = (row + column, tileRow * side + column)
        for channel in 0..<channels {
          chosen[pixel * channels + channel] = tile.chosen[own * channels + channel]
          shown[pixel * channels + channel] = UInt8(tile.shown[own * channels + channel])
        }
        for part in 0..<perPixel { entropies[pixel] += tile.entropies[own * perPixel + part] }
      }
    }
  }

  /// The rows of a tile's target that lie in the picture: the number of the first pixel of each, and
  /// the row of the tile.
  private func lines(of place: Place) -> [(pixel: Int, tileRow: Int)] {
    let top = (place.row - firstRow) * factor
    return (0..<min(side, rows - top)).map {
      ((top + $0) * columns + place.column * factor, $0)
    }
  }

  /// The shown values from a row of the input on, counted from the first of the band.
  func shown(from row: Int) -> [UInt8] {
    Array(shown[(row * factor * columns * channels)...])
  }

  /// The entropies of pixels from such a row on.
  func entropies(from row: Int) -> [Float] { Array(entropies[(row * factor * columns)...]) }

  /// The chosen values of the last rows, at most as many as a tile has.
  var lastRows: [Int32] { Array(chosen.suffix(side * columns * channels)) }
}
