import CajalSupport
import CCajalImageCodecs

/// Reads a PNG or JPEG picture row by row, so that pictures larger than memory can be read.
///
/// The file is read in pieces of 64 KiB and its rows are decoded when they are asked for. The whole
/// picture is held in memory, within `ImageLimits.maximumBytes`, if the first row needs the last
/// byte of the file (interlaced PNG, progressive JPEG and JPEG that stores its colors one after
/// the other) or if its EXIF orientation is neither upright nor mirrored, in which case it is
/// briefly held twice; see `holdsWholePicture`. Rows and columns are always those of the upright
/// picture. The values are those of `Image(contentsOf:limits:)`.
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
  /// 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// The bits of a value in the file: 16, or 8 for all that have fewer.
  public let bitDepth: Int
  /// Whether the whole picture is held in memory.
  public let holdsWholePicture: Bool
  /// The row that is read next, from 0; `height` after the last one.
  public private(set) var nextRow = 0

  let name: String
  // Declared before the source, so that it is released first.
  let decoder: RowDecoder
  private let source: ByteSource
  /// The transform that makes the stored rows upright.
  let turn: DihedralTransform
  /// The upright picture, if rows cannot be transformed one by one.
  var turned: [UInt8] = []
  /// The error of an earlier read; all later reads throw it.
  var earlierFailure: ImageError?

  /// Opens a file and reads its header.
  ///
  /// Traps unless the white level, if there is one, is in 1...65535.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: the limits that the header is checked against.
  ///   - whiteLevel: the value of white in a 16-bit file: values from 0 to it become 0 to 255, with
  ///     rounding, and larger ones 255. `nil` is 65535. Other files are read as they are.
  /// - Throws: `ImageError` where the file cannot be read, is empty or damaged, is over the limits,
  ///   or is of another format than PNG and JPEG of gray, RGB or CMYK.
  public init(
    contentsOf path: String, limits: ImageLimits = .default, whiteLevel: Int? = nil
  ) throws(ImageError) {
    try self.init(
      ByteSource(contentsOf: path, limits: limits), name: path, limits: limits,
      whiteLevel: whiteLevel)
  }

  /// Reads the header of a picture in memory; the bytes are copied.
  ///
  /// Traps unless the white level, if there is one, is in 1...65535.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of the file.
  ///   - name: the name of the picture in errors.
  ///   - limits: the limits that the header is checked against.
  ///   - whiteLevel: as in `init(contentsOf:limits:whiteLevel:)`.
  /// - Throws: `ImageError`, as `init(contentsOf:limits:whiteLevel:)` does.
  public init(
    decoding bytes: [UInt8], name: String = "image", limits: ImageLimits = .default,
    whiteLevel: Int? = nil
  ) throws(ImageError) {
    try self.init(
      ByteSource(copying: bytes, name: name), name: name, limits: limits, whiteLevel: whiteLevel)
  }

  /// The use of a reader.
  enum Use {
    /// Reading by rows.
    case rows
    /// Reading all rows at once; the limits apply to the whole picture.
    case whole
    /// Reading all values at once, at full depth.
    case deepValues
  }

  /// Reads the header of a source.
  init(
    _ source: consuming ByteSource, name: String, limits: ImageLimits, whiteLevel: Int? = nil,
    use: Use = .rows
  ) throws(ImageError) {
    let whiteLevel = whiteLevel ?? 65535
    require((1...65535).contains(whiteLevel), "A white level is in 1...65535.")
    let format = try source.format(name: name)
    let decoder = try RowDecoder(source, format: format, limits: limits, name: name)
    let header = decoder.header
    let turn = DihedralTransform(uprightingOrientation: Int(header.orientation))
    let isHeldWhole = header.needs_whole_picture || ![.identity, .mirrored].contains(turn)
    try limits.check(
      header, isWhole: use != .rows || isHeldWhole, isDeep: use == .deepValues, name: name)
    decoder.setValues(whiteLevel: whiteLevel, keepingBits: use == .deepValues)
    holdsWholePicture = isHeldWhole
    (width, height) =
      turn.swapsSides
      ? (Int(header.height), Int(header.width)) : (Int(header.width), Int(header.height))
    channels = Int(header.channels)
    bitDepth = Int(header.bits)
    self.turn = turn
    self.name = name
    self.decoder = decoder
    self.source = source
  }

  /// The largest value of a 16-bit file in the rows decoded so far, before it becomes 8 bits; `nil`
  /// for other files.
  public var largestValue: Int? { bitDepth == 16 ? decoder.largestValue : nil }

  /// The next rows as a picture of their own: `count`, or the remaining ones if there are fewer;
  /// `nil` after the last row.
  ///
  /// Traps unless `count` is positive.
  ///
  /// - Throws: `ImageError` where the file cannot be read, or is truncated or damaged; with the
  ///   last row also if the data after it is damaged. After an error all reads throw it.
  public mutating func readRows(_ count: Int) throws(ImageError) -> Image? {
    require(count > 0, "At least one row is read.")
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
      let destination = UnsafeMutableBufferPointer(rebasing: buffer[..<(rows * rowBytes)])
      do throws(ImageError) {
        initializedCount = try readRows(into: destination) * rowBytes
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
  /// Traps unless the buffer has room for one row, `width * channels` values.
  ///
  /// - Throws: `ImageError`, as `readRows(_:)` does; the buffer's values are then undefined.
  public mutating func readRows(
    into buffer: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) -> Int {
    require(buffer.count >= rowBytes, "A row has width * channels values.")
    let rows = min(buffer.count / rowBytes, height - nextRow)
    try remembering { (reader) throws(ImageError) in
      guard rows > 0, let start = buffer.baseAddress else { return }
      if reader.isTurnedWhole {
        try reader.giveTurnedRows(rows, to: start)
      } else {
        try reader.decoder.readRows(rows, into: start, name: reader.name)
        if reader.turn == .mirrored { reader.mirrorRows(rows, at: start) }
      }
    }
    nextRow += rows
    return rows
  }

  /// Skips `count` rows, or the remaining ones if there are fewer. They are still decoded, because
  /// in both formats rows depend on earlier ones.
  ///
  /// Traps unless `count` is zero or positive.
  ///
  /// - Throws: `ImageError`, as `readRows(_:)` does.
  public mutating func skipRows(_ count: Int) throws(ImageError) {
    require(count >= 0, "The number of rows to pass over is not negative.")
    let end = min(count, height - nextRow) + nextRow
    let row = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: rowBytes)
    defer { row.deallocate() }
    while nextRow < end { _ = try readRows(into: row) }
  }

  var rowBytes: Int { width * channels }
}
