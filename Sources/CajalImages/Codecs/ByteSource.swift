import CCajalImageCodecs
import CajalSupport

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

  /// Throws where a file that is read from the start on is longer than the limit.
  func checkSize(name: String) throws(ImageError) {
    var failure = cajal_codec_failure()
    guard cajal_source_check_size(pointer, &failure) else {
      throw ImageError(failure, name: name)
    }
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
      .unsupported, name: name, reason: "it is \(found); convert it to PNG, JPEG or TIFF")
  }
}
