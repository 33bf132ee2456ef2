import CajalAutodiff
import CajalImages
import CajalTensor
import Synchronization

/// Enlarges a picture of any size with an image transformer, which knows one size: in tiles that
/// overlap, decoded side by side and blended.
struct TileUpsampler: PictureUpsampler {
  /// Rows and columns of the input that a tile has in common with the one before it.
  static let overlap = 2
  /// About how many tiles are decoded before rows are finished, and how many bytes one takes.
  private static let tilesAtOnce = 64, tileMemory = 1 << 22

  private let model: Img2ImgTransformer
  private let decoding: Decoding
  private let options: UpsamplingOptions
  private let rows: TileGrid, columns: TileGrid
  private let factor: Int
  /// The rows of the input that are read, and the number of the first of them.
  private var strip: Image?
  private var firstRow = 0
  private var nextTileRow = 0
  private var blend: TileBlend

  let width: Int, height: Int
  var channels: Int { model.channels }

  /// - Parameters:
  ///   - model: The model, whose targets are a whole number of times as large as its inputs.
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
    blend = TileBlend(
      columns: factor * width, channels: model.channels, side: model.targetLength,
      ramp: factor * overlap)
  }

  mutating func next(from source: inout some RowSource & ~Copyable) throws -> UpsampledBand? {
    guard nextTileRow < rows.starts.count else { return nil }
    let tiles = min(Self.tilesAtOnce, options.memory / Self.tileMemory)
    let count = max(1, tiles / columns.starts.count)
    let tileRows = nextTileRow..<min(nextTileRow + count, rows.starts.count)
    try read(tileRows, from: &source)
    blend.extend(to: rows.end(of: tileRows.upperBound - 1) * factor)
    try decode(tileRows)
    nextTileRow = tileRows.upperBound
    let (values, entropies) = blend.take(to: finishedRows)
    return UpsampledBand(
      rows: Image(
        width: width, height: entropies.count / width, channels: channels,
        pixels: model.restored(values)),
      entropies: options.withEntropies ? entropies : nil)
  }

  /// Rows of the enlarged picture that no later tile covers.
  private var finishedRows: Int {
    nextTileRow < rows.starts.count ? rows.starts[nextTileRow] * factor : height
  }

  private mutating func decode(_ tileRows: Range<Int>) throws {
    let places = tileRows.flatMap { row in
      columns.starts.indices.map { (row: row, column: $0) }
    }
    let tiles = places.map { row, column in
      Tile(input: input(row, column), number: row * columns.starts.count + column)
    }
    let positions = model.decodeOrder.count
    let total = Double(rows.starts.count * columns.starts.count * positions)
    let done = Atomic(tileRows.lowerBound * columns.starts.count * positions)
    let options = options
    let decoded = try model.decode(tiles, decoding, withEntropies: options.withEntropies) {
      let now = done.add($0, ordering: .relaxed).newValue
      options.progress?(Double(now) / total)
      if options.isStopped?() == true { throw PredictionError.stopped }
    }
    for ((row, column), tile) in zip(places, decoded) {
      blend.add(tile, row: rows.starts[row] * factor, column: columns.starts[column] * factor)
    }
  }

  /// A tile of the input; beyond the picture its edge is repeated.
  private func input(_ row: Int, _ column: Int) -> Tensor<UInt8> {
    var pixels: [UInt8] = []
    if let strip {
      for y in 0..<model.inputRows {
        let line = min(rows.starts[row] + y, rows.extent - 1) - firstRow
        for x in 0..<model.inputColumns {
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
    if first > read { try source.skipRows(first - read) }
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
    UpsamplingState(finishedRows: finishedRows, memory: blend.memory)
  }

  mutating func resume(from state: UpsamplingState) {
    nextTileRow =
      rows.starts.firstIndex { $0 * factor >= state.finishedRows } ?? rows.starts.count
    if state.finishedRows == height { nextTileRow = rows.starts.count }
    blend.resume(at: state.finishedRows, state.memory)
  }
}
