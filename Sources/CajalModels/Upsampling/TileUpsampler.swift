import CajalAutodiff
import CajalImages
import CajalTensor
import Synchronization

/// Enlarges a picture of any size with an image transformer, which knows one size: tile by tile.
///
/// Tiles overlap, and what is decoded of a tile is given to those right of it and below it, as if
/// they had decoded it: their other pixels continue it. So a tile depends on those left of it and
/// above it, and all tiles of a diagonal are decoded side by side.
struct TileUpsampler: PictureUpsampler {
  /// Rows and columns of the input that a tile has in common with the one before it.
  static let overlap = 2
  /// Rows of tiles that are decoded at a time.
  static let rowsAtOnce = 8

  private let model: Img2ImgTransformer
  private let decoding: Decoding
  private let options: UpsamplingOptions
  private let rows: TileGrid, columns: TileGrid
  private let factor: Int
  /// The rows of the input that are read, and the number of the first of them.
  private var strip: Image?
  private var firstRow = 0
  private var nextTileRow = 0
  /// The chosen values of the last finished rows, at most as many as a tile has.
  private var above: [Int32] = []

  let width: Int, height: Int
  var channels: Int { model.channels }

  /// - Parameters:
  ///   - model: The model, whose targets are `factor` times as large as its inputs.
  ///   - width: Columns of the input.
  ///   - height: Rows of the input.
  ///   - decoding: One that the model has, sub-pixel by sub-pixel.
  ///   - options: What else is asked for.
  init(
    _ model: Img2ImgTransformer, width: Int, height: Int, _ decoding: Decoding,
    _ options: UpsamplingOptions
  ) {
    (self.model, self.decoding, self.options) = (model, decoding, options)
    factor = model.targetLength / model.inputRows
    (self.width, self.height) = (factor * width, factor * height)
    let overlap = min(Self.overlap, model.inputRows - 1, model.inputColumns - 1)
    rows = TileGrid(extent: height, tile: model.inputRows, overlap: overlap)
    columns = TileGrid(extent: width, tile: model.inputColumns, overlap: overlap)
  }

  mutating func next(from source: inout some RowSource & ~Copyable) throws -> UpsampledBand? {
    guard nextTileRow < rows.starts.count else { return nil }
    let tileRows = nextTileRow..<min(nextTileRow + Self.rowsAtOnce, rows.starts.count)
    try read(tileRows, from: &source)
    let top = rows.starts[tileRows.lowerBound]
    let finished = rows.known(tileRows.lowerBound)
    var band = TileBand(
      rows: top..<rows.end(of: tileRows.upperBound - 1), columns: columns.extent, factor: factor,
      channels: channels, side: model.targetLength, above: above, knownRows: finished)
    for diagonal in 0..<(tileRows.count + columns.starts.count - 1) {
      let places = tileRows.compactMap { row -> (row: Int, column: Int)? in
        let column = diagonal - (row - tileRows.lowerBound)
        return columns.starts.indices.contains(column) ? (row, column) : nil
      }
      try decode(places, ofBandFrom: tileRows.lowerBound, in: &band)
    }
    nextTileRow = tileRows.upperBound
    above = band.lastRows
    let values = model.restored(band.shown(from: finished))
    return UpsampledBand(
      rows: Image(
        width: width, height: values.count / (width * channels), channels: channels,
        pixels: values),
      entropies: options.withEntropies ? band.entropies(from: finished) : nil)
  }

  /// Decodes tiles that do not depend on one another.
  private func decode(
    _ places: [(row: Int, column: Int)], ofBandFrom first: Int, in band: inout TileBand
  ) throws {
    let tiles = places.map { row, column in
      Tile(
        input: input(row, column), number: row * columns.starts.count + column,
        known: band.known(place(row, column)))
    }
    let total = Double(rows.starts.count * columns.starts.count * model.decodeOrder.count)
    let before = first * columns.starts.count + band.decodedTiles
    let done = Atomic(before * model.decodeOrder.count)
    let decoded = try model.decode(tiles, decoding, withEntropies: options.withEntropies) {
      let now = done.add($0, ordering: .relaxed).newValue
      options.progress?(Double(now) / total)
      if options.isStopped?() == true { throw PredictionError.stopped }
    }
    for ((row, column), tile) in zip(places, decoded) {
      band.set(tile, at: place(row, column))
    }
  }

  private func place(_ row: Int, _ column: Int) -> TileBand.Place {
    TileBand.Place(
      row: rows.starts[row], column: columns.starts[column], knownRows: rows.known(row),
      knownColumns: columns.known(column))
  }

  /// A tile of the input; beyond the picture its edge is repeated.
  private func input(_ row: Int, _ column: Int) -> Tensor<UInt8> {
    var pixels: [UInt8] = []
    if let strip {
      for y in 0..<model.inputRows {
        for x in 0..<model.inputColumns {
          let line = min(rows.starts[row] + y, rows.extent - 1) - firstRow
          let place = line * columns.extent + min(columns.starts[column] + x, columns.extent - 1)
          pixels += strip.pixels[(place * channels)..<((place + 1) * channels)]
        }
      }
    }
    return Tensor(pixels, shape: [1, model.inputRows, model.inputColumns, channels])
  }

  /// Reads the rows that rows of tiles see, and two more, which filters of the same rows see.
  private mutating func read(
    _ tileRows: Range<Int>, from source: inout some RowSource & ~Copyable
  ) throws {
    let first = rows.starts[tileRows.lowerBound]
    let end = min(rows.extent, rows.end(of: tileRows.upperBound - 1) + 2)
    let read = firstRow + (strip?.height ?? 0)
    if strip == nil, first > read { try source.skipRows(first - read) }
    let kept = max(0, read - first)
    var pixels = strip.map { Array($0.pixels.suffix(kept * columns.extent * channels)) } ?? []
    var next = max(read, first)
    while next < end {
      guard let rows = try source.readRows(end - next) else {
        throw MissingRowsError(read: next, height: rows.extent)
      }
      pixels += rows.converted(toChannels: channels).pixels
      next += rows.height
    }
    firstRow = first
    strip = Image(width: columns.extent, height: end - first, channels: channels, pixels: pixels)
  }

  var state: UpsamplingState? {
    let finished = nextTileRow == 0 ? 0 : rows.end(of: nextTileRow - 1) * factor
    return UpsamplingState(finishedRows: finished, memory: above.map { Float($0) })
  }

  mutating func resume(from state: UpsamplingState) {
    nextTileRow =
      rows.starts.indices.first { rows.end(of: $0) * factor > state.finishedRows }
      ?? rows.starts.count
    above = state.memory.map { Int32($0) }
  }
}
