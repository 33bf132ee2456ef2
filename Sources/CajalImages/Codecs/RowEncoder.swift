import CCajalImageCodecs
import CajalSupport

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
