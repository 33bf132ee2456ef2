import CCajalImageCodecs
import CajalSupport

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

  /// Sets the conversion of values, before the first row: see `ImageReader`. With `keepingBits`,
  /// rows have values of `header.bits` bits.
  func setValues(whiteLevel: Int, keepingBits: Bool, keepingAlpha: Bool) {
    cajal_image_set_values(pointer, UInt16(whiteLevel), keepingBits, keepingAlpha)
  }

  /// What the file says beside the values, for rows as they are stored.
  var metadata: PictureMetadata {
    let metadata = cajal_image_get_metadata(pointer).pointee
    return PictureMetadata(
      pixelSize: PictureMetadata.PixelSize(
        width: metadata.pixel_width, height: metadata.pixel_height),
      colorProfile: metadata.profile.map {
        Array(UnsafeBufferPointer(start: $0, count: metadata.profile_size))
      }, hasAlpha: header.has_alpha)
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
