import CCajalImageCodecs
import CajalSupport

/// A C encoder, released on deinit.
struct RowEncoder: ~Copyable {
  private let pointer: OpaquePointer

  /// Starts a file of a format; `quality` is that of JPEG.
  init(
    _ shape: RowShape, metadata: PictureMetadata = PictureMetadata(), format: ImageFormat,
    quality: Int, name: String
  ) throws(ImageError) {
    var header = try shape.header(name: name)
    guard format != .jpeg || (shape.bitDepth == 8 && !header.has_alpha) else {
      throw ImageError(
        .unwritable, name: name,
        reason: "JPEG has 8 bits a value and no alpha; let the name end in .png or .tif")
    }
    var failure = cajal_codec_failure()
    let created = metadata.withCodecMetadata { metadata in
      switch format {
      case .png: cajal_png_create(&header, &metadata, &failure)
      case .jpeg: cajal_jpeg_create(&header, Int32(quality), &metadata, &failure)
      // Written by `TIFFWriter`, and not at all.
      case .tiff, .slide: nil as OpaquePointer?
      }
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
