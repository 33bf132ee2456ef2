import CajalSupport
import CCajalImageCodecs

/// Reads a picture row by row, so that pictures larger than memory can be read: PNG, JPEG, TIFF and
/// BigTIFF, and the files of slide scanners, which OpenSlide reads if it is installed.
///
/// PNG and JPEG are read in pieces of 64 KiB, and rows are decoded when they are asked for; of TIFF
/// and slides, a row of tiles at a time. The whole picture is held in memory, within `ImageLimits.maximumBytes`, if the first row needs the last
/// byte of the file (interlaced PNG, progressive JPEG and JPEG that stores its colors one after
/// the other) or if its EXIF orientation is neither upright nor mirrored, in which case it is
/// briefly held twice; see `holdsWholePicture`. Rows and columns are always those of the upright
/// picture. The values are those of `Image(contentsOf:limits:)` unless 16 bits or alpha are kept.
///
/// ```swift
/// var reader = try ImageReader(contentsOf: "large.png")
/// while let strip = try reader.readRows(256) { … }
/// ```
///
/// A reader may move between threads; the file is closed on deinit.
public struct ImageReader: ~Copyable, @unchecked Sendable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// 1 (gray) or 3 (red, green, blue), and one more, the last, for alpha that is kept.
  public let channels: Int
  /// The bits of a value in the file: 16, or 8 for all that have fewer.
  public let bitDepth: Int
  /// What the file says beside the values, for the upright picture.
  public let metadata: PictureMetadata
  /// Whether the whole picture is held in memory.
  public let holdsWholePicture: Bool
  /// The row that is read next, from 0; `height` after the last one.
  public private(set) var nextRow = 0

  /// The levels of the picture from large to small, of which ``width`` and ``height`` are one unless a
  /// region is read; a picture without smaller copies has one level.
  public let levels: [Level]

  /// The size of a level of a pyramid.
  public struct Level: Sendable, Hashable {
    /// The numbers of columns and rows.
    public let width: Int, height: Int
  }

  /// The level that is read.
  public let level: Int

  let name: String
  // Declared before the source, so that it is released first.
  let decoder: RowDecoder
  private let source: ByteSource
  /// The columns and rows that are decoded, as they are stored.
  let stored: PixelRegion
  /// The transform that makes the stored rows upright.
  let turn: DihedralTransform
  /// The bytes of a value in rows: 2 where 16 bits are kept.
  let valueBytes: Int
  /// The bytes of the upright picture, if rows cannot be transformed one by one.
  var turned: [UInt8] = []
  /// The error of an earlier read; all later reads throw it.
  var earlierFailure: ImageError?

  /// Reads the header of a source.
  init(
    _ source: consuming ByteSource, name: String, path: String? = nil, _ options: ReadingOptions
  ) throws(ImageError) {
    let white = options.white
    let decoder = try Self.open(source, name: name, path: path, options)
    var header = decoder.header
    let turn = DihedralTransform(uprightingOrientation: Int(header.orientation))
    let isHeldWhole = header.needs_whole_picture || ![.identity, .mirrored].contains(turn)
    let swapped = turn.swapsSides
    let region = try options.region(ofStored: header, turn, name: name)
    let stored = region.stored(
      by: turn, storedWidth: Int(header.width), storedHeight: Int(header.height))
    if decoder.format == .tiff || decoder.format == .slide {
      (header.width, header.height) = (UInt32(stored.width), UInt32(stored.height))
    }
    try options.limits.check(
      header, isWhole: options.use == .whole || isHeldWhole, isDeep: options.keepsBits,
      keepsAlpha: options.keepsAlpha, name: name)
    decoder.setValues(
      whiteLevel: white, keepingBits: options.keepsBits, keepingAlpha: options.keepsAlpha)
    decoder.setWindow(stored)
    levels = decoder.levels.map {
      swapped
        ? Level(width: $0.height, height: $0.width) : Level(width: $0.width, height: $0.height)
    }
    metadata = swapped ? decoder.metadata.transposed : decoder.metadata
    level = options.level
    self.stored = stored
    valueBytes = options.keepsBits ? Int(header.bits) / 8 : 1
    holdsWholePicture = isHeldWhole
    (width, height) = (region.width, region.height)
    channels = Int(header.channels) + (options.keepsAlpha && header.has_alpha ? 1 : 0)
    bitDepth = Int(header.bits)
    self.turn = turn
    self.name = name
    self.decoder = decoder
    self.source = source
  }

  /// Columns of the full resolution for each of the level that is read.
  public var downsample: Double { Double(levels[0].width) / Double(levels[level].width) }

  /// The largest value of a 16-bit file in the rows decoded so far, before it becomes 8 bits; `nil`
  /// for other files.
  public var largestValue: Int? { bitDepth == 16 ? decoder.largestValue : nil }

  /// The next rows as a picture of their own: `count`, or the remaining ones if there are fewer;
  /// `nil` after the last row.
  ///
  /// Traps unless `count` is positive, values have 8 bits and there is no channel of alpha.
  ///
  /// - Throws: `ImageError` where the file cannot be read, or is truncated or damaged; with the
  ///   last row also if the data after it is damaged. After an error all reads throw it.
  public mutating func readRows(_ count: Int) throws(ImageError) -> Image? {
    require(count > 0, "At least one row is read.")
    require(
      valueBytes == 1 && channels % 2 == 1,
      "An image has no alpha and 8 bits a value; others are read into a buffer.")
    guard nextRow < height else { return nil }
    return try strip(min(count, height - nextRow))
  }

  /// The next rows, at least one and at most as many as are left.
  mutating func strip(_ rows: Int) throws(ImageError) -> Image {
    if rows == height, isTurnedWhole {
      let pixels = try remembering { (reader) throws(ImageError) in
        try reader.decodeWhole(UInt8.self)
      }
      nextRow = height
      return Image(width: width, height: height, channels: channels, pixels: pixels)
    }
    var failure: ImageError?
    // Left uninitialized, so that a small file that declares a huge picture is cheap.
    let pixels = [UInt8](unsafeUninitializedCapacity: rows * rowBytes) { buffer, initializedCount in
      guard let start = buffer.baseAddress else { return }
      do throws(ImageError) {
        try giveRows(rows, to: start)
        initializedCount = rows * rowBytes
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return Image(width: width, height: rows, channels: channels, pixels: pixels)
  }

  /// Reads as many rows as a buffer has room for, or the remaining ones if there are fewer, and
  /// returns their number: 0 after the last row. Other values stay unchanged.
  ///
  /// Traps unless the buffer has room for one row, `width * channels` values, and values have 8 bits.
  ///
  /// - Throws: `ImageError`, as `readRows(_:)` does; the buffer's values are then undefined.
  public mutating func readRows(
    into buffer: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) -> Int {
    require(valueBytes == 1, "Values of 16 bits that are kept are read into a buffer of such.")
    let rows = rowsThatFit(into: buffer.count)
    if let start = buffer.baseAddress { try giveRows(rows, to: start) }
    return rows
  }

  /// Reads as many rows as a buffer has room for, as `readRows(into:)` of 8-bit values does. Values
  /// are of 0 to 65535, or of 0 to 255 where the file has 8 bits or 16 are not kept.
  ///
  /// Traps unless the buffer has room for one row, `width * channels` values.
  ///
  /// - Throws: `ImageError`, as `readRows(_:)` does; the buffer's values are then undefined.
  public mutating func readRows(
    into buffer: UnsafeMutableBufferPointer<UInt16>
  ) throws(ImageError) -> Int {
    let rows = rowsThatFit(into: buffer.count)
    guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return rows }
    let bytes = start.assumingMemoryBound(to: UInt8.self)
    try giveRows(rows, to: bytes)
    if valueBytes == 1 {
      // From the last value on, because each takes the place of two.
      for index in (0..<rows * rowBytes).reversed() { buffer[index] = UInt16(bytes[index]) }
    }
    return rows
  }

  /// The number of rows to read into a buffer of so many values.
  private func rowsThatFit(into count: Int) -> Int {
    require(count >= width * channels, "A row has width * channels values.")
    return min(count / (width * channels), height - nextRow)
  }

  /// Reads the next rows, at most as many as are left, as bytes.
  private mutating func giveRows(
    _ rows: Int, to start: UnsafeMutablePointer<UInt8>
  ) throws(ImageError) {
    try remembering { (reader) throws(ImageError) in
      guard rows > 0 else { return }
      if reader.isTurnedWhole {
        try reader.giveTurnedRows(rows, to: start)
      } else {
        try reader.decoder.readRows(rows, into: start, name: reader.name)
        if reader.turn == .mirrored { reader.mirrorRows(rows, at: start) }
      }
    }
    nextRow += rows
  }

  /// Skips `count` rows, or the remaining ones if there are fewer. In PNG and JPEG they are still
  /// decoded, because rows depend on earlier ones.
  ///
  /// Traps unless `count` is zero or positive.
  ///
  /// - Throws: `ImageError`, as `readRows(_:)` does.
  public mutating func skipRows(_ count: Int) throws(ImageError) {
    require(count >= 0, "The number of rows to pass over is not negative.")
    let rows = min(count, height - nextRow)
    guard isTurnedWhole || nextRow + rows == height else {
      try remembering { (reader) throws(ImageError) in
        try reader.decoder.skipRows(rows, name: reader.name)
      }
      nextRow += rows
      return
    }
    let row = UnsafeMutablePointer<UInt8>.allocate(capacity: rowBytes)
    defer { row.deallocate() }
    for _ in 0..<rows { try giveRows(1, to: row) }
  }

  var rowBytes: Int { width * channels * valueBytes }
}
