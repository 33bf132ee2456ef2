import CCajalImageCodecs
import CajalFiles

/// Compressed bytes in memory or in an open file, which is closed on deinit.
struct ByteSource: ~Copyable {
  /// The chunk size of reads.
  private static let chunkSize = 1 << 16

  let pointer: OpaquePointer

  /// Opens a file and reads its first piece.
  init(contentsOf path: String, limits: ImageLimits) throws(ImageError) {
    var failure = cajal_codec_failure()
    let limit = max(limits.maximumFileBytes, 0)
    let descriptor: Int32
    do throws(FileError) {
      descriptor = try Files.openForReading(path, allowsStreams: true, allowsDevices: true)
        .released()
    } catch {
      throw ImageError(.unreadable, name: path, reason: "cannot be read: \(error.reason)")
    }
    guard let pointer = cajal_source_adopt(descriptor, Self.chunkSize, limit, &failure) else {
      throw ImageError(failure, name: path)
    }
    self.pointer = pointer
  }

  /// Bytes at a fixed address while they are read.
  init(borrowing bytes: UnsafeBufferPointer<UInt8>, name: String) throws(ImageError) {
    let pointer = cajal_source_borrow(bytes.baseAddress, bytes.count)
    self.pointer = try Self.allocated(pointer, name: name)
  }

  /// A copy of bytes.
  init(copying bytes: [UInt8], name: String) throws(ImageError) {
    pointer = try Self.allocated(cajal_source_copy(bytes, bytes.count), name: name)
  }

  private static func allocated(
    _ pointer: OpaquePointer?, name: String
  ) throws(ImageError) -> OpaquePointer {
    if let pointer { return pointer }
    throw ImageError(.tooLarge, name: name, reason: "there is no memory left for the file's bytes")
  }

  deinit { cajal_source_close(pointer) }

  /// The first bytes, before a decoder consumes them.
  var firstBytes: UnsafeBufferPointer<UInt8> {
    var count = 0
    let start = cajal_source_peek(pointer, &count)
    return UnsafeBufferPointer(start: start, count: count)
  }

  /// The format detected by the first bytes.
  func format(name: String) throws(ImageError) -> ImageFormat {
    let bytes = firstBytes
    if let format = ImageFormat(magicOf: bytes) { return format }
    guard !bytes.isEmpty else {
      throw ImageError(.damaged, name: name, reason: "the file is empty")
    }
    let found = ImageFormat.nameOfUnsupportedFormat(bytes) ?? "no image of a known format"
    throw ImageError(
      .unsupported, name: name, reason: "it is \(found); convert it to PNG or JPEG")
  }
}

/// A C decoder, released on deinit.
struct RowDecoder: ~Copyable {
  let header: cajal_image_header
  private let pointer: OpaquePointer
  private let format: ImageFormat

  /// Reads the header of a picture; the source must outlive the decoder.
  init(
    _ source: borrowing ByteSource, format: ImageFormat, limits: ImageLimits, name: String
  ) throws(ImageError) {
    var header = cajal_image_header()
    var failure = cajal_codec_failure()
    let memory = max(limits.maximumBytes, 0)
    let opened =
      switch format {
      case .png: cajal_png_open(source.pointer, memory, &header, &failure)
      case .jpeg: cajal_jpeg_open(source.pointer, memory, &header, &failure)
      }
    guard let opened else { throw ImageError(failure, format: format, name: name) }
    pointer = opened
    self.header = header
    self.format = format
  }

  deinit { cajal_image_reader_close(pointer) }

  /// Sets the conversion of 16-bit values, before the first row: see `ImageReader`. With
  /// `keepingBits`, rows have values of `header.bits` bits.
  func setValues(whiteLevel: Int, keepingBits: Bool) {
    cajal_image_set_values(pointer, UInt16(whiteLevel), keepingBits)
  }

  /// The largest 16-bit value decoded so far.
  var largestValue: Int { Int(cajal_image_largest_value(pointer)) }

  /// Decodes the next rows; after an error no other method may be called.
  func readRows(
    _ count: Int, into pixels: UnsafeMutablePointer<UInt8>, name: String
  ) throws(ImageError) {
    var failure = cajal_codec_failure()
    guard cajal_image_read_rows(pointer, pixels, count, &failure) else {
      throw ImageError(failure, format: format, name: name)
    }
  }
}

/// A C encoder, released on deinit.
struct RowEncoder: ~Copyable {
  private let pointer: OpaquePointer

  /// Starts a file of a format; `quality` is that of JPEG.
  init(
    width: Int, height: Int, channels: Int, format: ImageFormat, quality: Int, name: String
  ) throws(ImageError) {
    guard let width = UInt32(exactly: width), let height = UInt32(exactly: height) else {
      throw ImageError(.unwritable, name: name, reason: "its sides are too long for any format")
    }
    var header = cajal_image_header()
    (header.width, header.height, header.channels) = (width, height, UInt32(channels))
    var failure = cajal_codec_failure()
    let created =
      switch format {
      case .png: cajal_png_create(&header, &failure)
      case .jpeg: cajal_jpeg_create(&header, Int32(quality), &failure)
      }
    guard let created else { throw ImageError(.unwritable, name: name, reason: failure.string) }
    pointer = created
  }

  deinit { cajal_image_writer_close(pointer) }

  /// Encodes the next rows; after an error no other method may be called.
  func writeRows(
    _ count: Int, from pixels: UnsafePointer<UInt8>, name: String
  ) throws(ImageError) {
    var failure = cajal_codec_failure()
    guard cajal_image_write_rows(pointer, pixels, count, &failure) else {
      throw ImageError(.unwritable, name: name, reason: failure.string)
    }
  }

  /// The bytes encoded since the last call; valid until the next call of any method.
  func takeEncoded() -> UnsafeBufferPointer<UInt8> {
    var count = 0
    let start = cajal_image_take_encoded(pointer, &count)
    return UnsafeBufferPointer(start: start, count: count)
  }
}

extension ImageError {
  /// Converts a session's failure; `format` is the detected format, if any.
  fileprivate init(_ failure: cajal_codec_failure, format: ImageFormat? = nil, name: String) {
    switch failure.kind {
    case .damaged:
      let data = format.map { "the \($0.name) data is damaged: " } ?? ""
      self.init(.damaged, name: name, reason: data + failure.string)
    case .unsupported:
      let data = format.map { "this kind of \($0.name) is not read: " } ?? ""
      self.init(
        .unsupported, name: name, reason: data + failure.string + "; convert it to PNG")
    case .unreadable:
      self.init(.unreadable, name: name, reason: "cannot be read: \(failure.string)")
    case .too_large:
      self.init(
        .tooLarge, name: name,
        reason: "\(failure.string); raise the limits or cut it into parts")
    }
  }
}

extension cajal_codec_failure {
  /// The text as a Swift string.
  fileprivate var string: String {
    withUnsafeBytes(of: text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
