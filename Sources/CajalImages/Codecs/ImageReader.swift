import CCajalImageCodecs

/// Reads a PNG or JPEG picture row by row, so that pictures larger than the memory can be read.
///
/// The file is read in pieces of 64 KiB and its rows are decoded when they are asked for. Where the
/// first row needs the last byte of the file (interlaced PNG, progressive JPEG and JPEG that stores
/// its colours one after the other), the picture is held whole, within `ImageLimits.maximumBytes`;
/// see `holdsWholePicture`. The values are those of `Image(contentsOf:limits:)`.
///
/// ```swift
/// var reader = try ImageReader(contentsOf: "large.png")
/// while let strip = try reader.readRows(256) { … }
/// ```
///
/// A reader may be handed from thread to thread; the file is closed when the reader goes away.
public struct ImageReader: ~Copyable, @unchecked Sendable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// 1 (grey) or 3 (red, green, blue).
  public let channels: Int
  /// Whether all of the picture is in memory as soon as its first row is.
  public let holdsWholePicture: Bool
  /// The row that is read next, from 0; `height` after the last one.
  public private(set) var nextRow = 0

  private let name: String
  // Before the source, so that it goes away first.
  private let decoder: RowDecoder
  private let source: ByteSource
  /// What stopped an earlier reading: nothing succeeds any more.
  private var earlierFailure: ImageError?

  /// Opens a file and reads its header.
  ///
  /// - Throws: `ImageError` where the file cannot be read, is empty or damaged, is over the limits,
  ///   or is of another format than PNG and JPEG of grey or RGB.
  public init(contentsOf path: String, limits: ImageLimits = .default) throws(ImageError) {
    try self.init(ByteSource(contentsOf: path, limits: limits), name: path, limits: limits)
  }

  /// Reads the header of a picture in memory; the bytes are copied.
  ///
  /// - Parameter name: what errors call the picture.
  /// - Throws: `ImageError`, as `init(contentsOf:limits:)` does.
  public init(
    decoding bytes: [UInt8], name: String = "image", limits: ImageLimits = .default
  ) throws(ImageError) {
    try self.init(ByteSource(copying: bytes, name: name), name: name, limits: limits)
  }

  /// Reads the header of a source. `isReadWhole` says that all rows will be asked for at once, upon
  /// which the picture as a whole is held against the limits.
  init(
    _ source: consuming ByteSource, name: String, limits: ImageLimits, isReadWhole: Bool = false
  ) throws(ImageError) {
    let format = try source.format(name: name)
    let decoder = try RowDecoder(source, format: format, limits: limits, name: name)
    let header = decoder.header
    try limits.check(header, isWhole: isReadWhole || header.needs_whole_picture, name: name)
    (width, height) = (Int(header.width), Int(header.height))
    channels = Int(header.channels)
    holdsWholePicture = header.needs_whole_picture
    self.name = name
    self.decoder = decoder
    self.source = source
  }

  /// The next rows as a picture of their own: `count`, or those that are left if there are fewer;
  /// `nil` after the last row.
  ///
  /// Traps unless `count` is positive.
  ///
  /// - Throws: `ImageError` where the file cannot be read, or is truncated or damaged; with the last
  ///   row also where that is true of what follows it. After an error all readings throw it.
  public mutating func readRows(_ count: Int) throws(ImageError) -> Image? {
    precondition(count > 0, "At least one row is read.")
    guard nextRow < height else { return nil }
    return try strip(min(count, height - nextRow))
  }

  /// The next rows, at least one and at most as many as are left.
  mutating func strip(_ rows: Int) throws(ImageError) -> Image {
    var failure: ImageError?
    // Left uninitialized, so that a small file that declares a huge picture costs nothing.
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

  /// Reads as many rows as a buffer has room for, or those that are left if there are fewer, and
  /// returns their number: 0 after the last row. Values beyond them are left as they are.
  ///
  /// Traps unless the buffer has room for one row, `width * channels` values.
  ///
  /// - Throws: `ImageError`, as `readRows(_:)` does; the buffer's values are then undefined.
  public mutating func readRows(
    into buffer: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) -> Int {
    precondition(buffer.count >= rowBytes, "A row has width * channels values.")
    if let earlierFailure { throw earlierFailure }
    let rows = min(buffer.count / rowBytes, height - nextRow)
    guard rows > 0, let start = buffer.baseAddress else { return 0 }
    do throws(ImageError) {
      try decoder.readRows(rows, into: start, name: name)
    } catch {
      earlierFailure = error
      throw error
    }
    nextRow += rows
    return rows
  }

  /// Passes over `count` rows, or those that are left if there are fewer. They are decoded all the
  /// same: both formats make a row from what precedes it.
  ///
  /// Traps unless `count` is zero or positive.
  ///
  /// - Throws: `ImageError`, as `readRows(_:)` does.
  public mutating func skipRows(_ count: Int) throws(ImageError) {
    precondition(count >= 0, "The number of rows to pass over is not negative.")
    let end = min(count, height - nextRow) + nextRow
    let row = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: rowBytes)
    defer { row.deallocate() }
    while nextRow < end { _ = try readRows(into: row) }
  }

  private var rowBytes: Int { width * channels }
}

extension ImageLimits {
  /// Throws unless a picture, whole or by rows, is within the limits.
  fileprivate func check(
    _ header: cajal_image_header, isWhole: Bool, name: String
  ) throws(ImageError) {
    guard header.channels > 0 else {
      throw ImageError(
        .unsupported, name: name,
        reason: "its colours are neither grey nor RGB (CMYK, perhaps); convert it to RGB")
    }
    // Sides have at most 32 bits, a row at most 34.
    let (width, height) = (Int(header.width), Int(header.height))
    let rowBytes = width * Int(header.channels)
    guard max(width, height) <= maximumSide,
      width.multipliedFullWidth(by: height) <= (0, UInt(max(maximumPixels, 0))),
      rowBytes <= maximumBytes / (isWhole ? height : 1)
    else {
      throw ImageError(
        .tooLarge, name: name,
        reason: "\(width) × \(height) pixels are over the limits (\(maximumSide) a side, "
          + "\(maximumPixels) pixels, \(maximumBytes) bytes); "
          + "raise the limits or cut it into parts")
    }
  }
}
