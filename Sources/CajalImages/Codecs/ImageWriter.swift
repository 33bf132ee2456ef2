import CajalSupport

/// Writes a PNG, JPEG or TIFF file row by row, so that pictures larger than memory can be written.
///
/// ```swift
/// try ImageWriter.write(to: "large.png", width: 20_000, height: 30_000, channels: 3) { writer in
///   while writer.nextRow < writer.height { try writer.append(nextStrip()) }
/// }
/// ```
public struct ImageWriter: ~Copyable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// 1 (gray) or 3 (red, green, blue), and one more, the last, for alpha: 2 or 4.
  public let channels: Int
  /// The bits of a value, 8 or 16.
  public let bitDepth: Int
  /// The row that is appended next, from 0; `height` after the last one.
  public private(set) var nextRow = 0

  private let name: String
  private var encoder: PictureEncoder
  private var file: FileWriter
  /// The error of an earlier row; all later calls throw it, even if the closure ignores it.
  private var earlierFailure: ImageError?

  /// Writes a picture whose rows a closure appends, to a file whose extension (`png`, `jpg`, `jpeg`,
  /// `tif` or `tiff`) names the format. The file is created or replaced atomically when the closure has
  /// returned; on failure it is left unchanged.
  ///
  /// Traps unless the sides are positive, `channels` is in 1...4, `bitDepth` is 8 or 16, `quality` is
  /// in 1...100, and the closure, if it returns, has appended all rows.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - width: the number of columns.
  ///   - height: the number of rows.
  ///   - channels: 1 for gray, 3 for RGB; one more for alpha, which JPEG does not have.
  ///   - bitDepth: the bits of a value, 8 or, unless it is a JPEG, 16.
  ///   - quality: libjpeg's scale, for JPEG and for TIFF of JPEG tiles.
  ///   - tiff: how a TIFF file is written: by default as a pyramid of tiles without loss, with
  ///     OME-XML, that QuPath and OpenSlide open. It is a BigTIFF where it is over 4 GiB. Memory is
  ///     needed for 512 rows. Tiles are compressed on as many threads as `Threads.count`, on which the
  ///     bytes do not depend.
  ///   - metadata: what to say beside the values, as far as the format can: JPEG has pixels of whole
  ///     numbers per centimeter, from 0.153 µm on.
  ///   - body: appends the rows.
  /// - Throws: `ImageError`, for 16 bits or alpha in JPEG among others, or what the closure throws.
  public static func write(
    to path: String, width: Int, height: Int, channels: Int, bitDepth: Int = 8, quality: Int = 90,
    tiff: TIFFOptions = TIFFOptions(), metadata: PictureMetadata = PictureMetadata(),
    _ body: (inout ImageWriter) throws -> Void
  ) throws {
    require(width > 0 && height > 0, "An image has at least one row and one column.")
    require((1...4).contains(channels), "An image has 1 or 3 channels, and one more for alpha.")
    require(bitDepth == 8 || bitDepth == 16, "An image has 8 or 16 bits a value.")
    require((1...100).contains(quality), "The quality of a JPEG is in 1...100.")
    let format = try ImageFormat(writtenTo: path)
    let shape = RowShape(width: width, height: height, channels: channels, bitDepth: bitDepth)
    do {
      try Files.writeAtomically(to: path) { file in
        let encoder = try PictureEncoder(
          shape, metadata: metadata, format: format, quality: quality, tiff: tiff, name: path,
          file: &file)
        var writer = ImageWriter(shape, name: path, encoder: encoder, file: file)
        do {
          try body(&writer)
          try writer.finish()
        } catch {
          file = writer.takeFile()
          throw error
        }
        file = writer.takeFile()
      }
    } catch let error as FileError {
      throw ImageError(error, name: path)
    }
  }

  private init(
    _ shape: RowShape, name: String, encoder: consuming PictureEncoder, file: consuming FileWriter
  ) {
    (width, height) = (shape.width, shape.height)
    (channels, bitDepth) = (shape.channels, shape.bitDepth)
    self.name = name
    self.encoder = encoder
    self.file = file
  }

  /// Appends the rows of a picture.
  ///
  /// Traps unless it is as wide as the file's, has as many channels, and no more rows than are
  /// missing, and values have 8 bits.
  ///
  /// - Throws: `ImageError` where they cannot be written.
  public mutating func append(_ rows: Image) throws(ImageError) {
    require(rows.width == width, "The rows are as wide as the picture.")
    require(rows.channels == channels, "The rows have as many channels as the picture.")
    try rows.pixels.withUnsafeBufferPointer { (buffer) throws(ImageError) in
      try append(buffer)
    }
  }

  /// Appends rows, each of width * channels values.
  ///
  /// Traps unless the values make whole rows, no more than are missing, and have 8 bits.
  ///
  /// - Throws: `ImageError` where they cannot be written.
  public mutating func append(_ rows: UnsafeBufferPointer<UInt8>) throws(ImageError) {
    require(bitDepth == 8, "The values have as many bits as the picture's.")
    try append(valueCount: rows.count, rows.baseAddress)
  }

  /// Appends rows, each of width * channels values.
  ///
  /// Traps unless the values make whole rows, no more than are missing, and have 16 bits.
  ///
  /// - Throws: `ImageError` where they cannot be written.
  public mutating func append(_ rows: UnsafeBufferPointer<UInt16>) throws(ImageError) {
    require(bitDepth == 16, "The values have as many bits as the picture's.")
    try append(
      valueCount: rows.count,
      UnsafeRawPointer(rows.baseAddress)?.assumingMemoryBound(to: UInt8.self))
  }

  private mutating func append(
    valueCount: Int, _ start: UnsafePointer<UInt8>?
  ) throws(ImageError) {
    let (count, rest) = valueCount.quotientAndRemainder(dividingBy: width * channels)
    require(rest == 0, "Only whole rows are appended.")
    require(count <= height - nextRow, "No more rows are appended than the picture has.")
    if let earlierFailure { throw earlierFailure }
    guard let start else { return }
    do throws(ImageError) {
      try encoder.append(count, from: start, to: &file, name: name)
    } catch {
      earlierFailure = error
      throw error
    }
    nextRow += count
  }

  private mutating func finish() throws(ImageError) {
    if let earlierFailure { throw earlierFailure }
    require(nextRow == height, "All rows of the picture are appended.")
    try encoder.finish(&file)
  }

  private consuming func takeFile() -> FileWriter { file }
}

extension ImageFormat {
  /// The format by a file's name.
  init(writtenTo path: String) throws(ImageError) {
    guard let format = ImageFormat(pathExtensionOf: path) else {
      throw ImageError(
        .unwritable, name: path, reason: "the name must end in .png, .jpg, .jpeg, .tif or .tiff")
    }
    self = format
  }
}

extension ImageError {
  /// A file that could not be written.
  init(_ error: FileError, name: String) {
    self.init(.unwritable, name: name, reason: "cannot be written: \(error.reason)")
  }
}
