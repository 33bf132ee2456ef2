import CCajalImageCodecs
import CajalSupport

/// A level of a pyramid that is being written: rows come in, and tiles go out as soon as a row of
/// them is complete.
struct TIFFLevelWriter {
  /// The side of a tile, where the level is as large.
  static let tileSize = 256
  /// The tiles that are in memory compressed before they are written.
  private static let tilesAtOnce = 64

  let shape: RowShape
  /// Columns and rows of a tile. OpenSlide 3.4 with libtiff 4.5 shows nothing of tiles that are larger
  /// than their level.
  let tile: RowShape
  private let compression: TIFFOptions.Compression
  private let quality: Int
  /// Where tiles are in the file, and their sizes, row by row.
  private(set) var offsets: [Int] = []
  private(set) var byteCounts: [Int] = []
  /// The rows of the current row of tiles.
  private var rows: [UInt8] = []
  private var rowCount = 0
  /// The rows that came in so far.
  private var received = 0
  /// The upper one of two rows that become one of the next level.
  private var upperRow: [UInt8] = []

  init(_ shape: RowShape, compression: TIFFOptions.Compression, quality: Int) {
    self.shape = shape
    var tile = shape
    (tile.width, tile.height) = (Self.tileSide(shape.width), Self.tileSide(shape.height))
    self.tile = tile
    self.compression = compression
    self.quality = quality
    rows.reserveCapacity(shape.rowBytes * min(tile.height, shape.height))
  }

  /// A multiple of 16, as the format has it, and no more than a side of the level if that is 16.
  private static func tileSide(_ side: Int) -> Int { min(tileSize, max(side / 16 * 16, 16)) }

  /// The shape of the next level; `nil` if this one is a single tile.
  var halfShape: RowShape? {
    guard max(shape.width, shape.height) > Self.tileSize else { return nil }
    var half = shape
    (half.width, half.height) = ((shape.width + 1) / 2, (shape.height + 1) / 2)
    return half
  }

  /// Takes a row, and returns the row of the next level that it completes.
  mutating func append(
    _ row: UnsafeBufferPointer<UInt8>, to file: inout FileWriter, name: String
  ) throws(ImageError) -> [UInt8]? {
    rows.append(contentsOf: row)
    rowCount += 1
    received += 1
    let isLast = received == shape.height
    if rowCount == tile.height || isLast { try writeTiles(to: &file, name: name) }
    guard halfShape != nil else { return nil }
    if received % 2 == 1 && !isLast {
      upperRow.removeAll(keepingCapacity: true)
      upperRow.append(contentsOf: row)
      return nil
    }
    return try received % 2 == 1
      ? halved(row, row, name: name)
      : upperRow.withUnsafeBufferPointer { (upper) throws(ImageError) in
        try halved(upper, row, name: name)
      }
  }

  private func halved(
    _ upper: UnsafeBufferPointer<UInt8>, _ lower: UnsafeBufferPointer<UInt8>, name: String
  ) throws(ImageError) -> [UInt8] {
    var header = try shape.header(name: name)
    var half = shape
    half.width = (shape.width + 1) / 2
    return [UInt8](unsafeUninitializedCapacity: half.rowBytes) { buffer, count in
      cajal_tiff_halve(&header, upper.baseAddress, lower.baseAddress, buffer.baseAddress)
      count = half.rowBytes
    }
  }

  /// Compresses the rows as tiles, and writes these from left to right.
  private mutating func writeTiles(to file: inout FileWriter, name: String) throws(ImageError) {
    let columns = Array(stride(from: 0, to: shape.width, by: tile.width))
    for start in stride(from: 0, to: columns.count, by: Self.tilesAtOnce) {
      let some = Array(columns[start..<min(start + Self.tilesAtOnce, columns.count)])
      for bytes in try encodedTiles(from: some, name: name) {
        offsets.append(file.count)
        byteCounts.append(bytes.count)
        do throws(FileError) {
          try file.append(bytes)
        } catch {
          throw ImageError(error, name: name)
        }
      }
    }
    rows.removeAll(keepingCapacity: true)
    rowCount = 0
  }

  /// The tiles that begin at some columns, compressed on as many threads as there may be. What a tile
  /// has beyond the picture repeats its edges.
  private func encodedTiles(
    from columns: [Int], name: String
  ) throws(ImageError) -> [[UInt8]] {
    let encoder = TIFFTileEncoder(tile, compression: compression, quality: quality)
    return try Threads.concurrentMap(columns) { column throws(ImageError) in
      try encoder.encode(cutTile(from: column, name: name), name: name)
    }
  }

  private func cutTile(from column: Int, name: String) throws(ImageError) -> [UInt8] {
    var header = try tile.header(name: name)
    let byteCount = tile.rowBytes * tile.height
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      cajal_tiff_cut(
        &header, rows, shape.width, rowCount, shape.rowBytes / shape.width, column,
        buffer.baseAddress)
      count = byteCount
    }
  }
}

/// Compresses tiles.
struct TIFFTileEncoder {
  private let shape: RowShape
  private let compression: TIFFOptions.Compression
  private let quality: Int

  /// An encoder of tiles of a shape.
  init(_ shape: RowShape, compression: TIFFOptions.Compression, quality: Int) {
    self.shape = shape
    self.compression = compression
    self.quality = quality
  }

  func encode(_ tile: [UInt8], name: String) throws(ImageError) -> [UInt8] {
    switch compression {
    case .deflate: try deflated(tile, name: name)
    case .jpeg: try jpeg(tile, name: name)
    }
  }

  private func deflated(_ tile: [UInt8], name: String) throws(ImageError) -> [UInt8] {
    var tile = tile
    var header = try shape.header(name: name)
    let bound = cajal_tiff_deflate_bound(tile.count)
    let encoded = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      count = cajal_tiff_deflate(&header, &tile, buffer.baseAddress, bound)
    }
    guard !encoded.isEmpty else {
      throw ImageError(.unwritable, name: name, reason: "there is no memory left")
    }
    return encoded
  }

  private func jpeg(_ tile: [UInt8], name: String) throws(ImageError) -> [UInt8] {
    let encoder = try RowEncoder(shape, format: .jpeg, quality: quality, name: name)
    try tile.withUnsafeBufferPointer { (buffer) throws(ImageError) in
      guard let start = buffer.baseAddress else { return }
      try encoder.writeRows(shape.height, from: start, name: name)
    }
    return Array(encoder.takeEncoded())
  }
}
