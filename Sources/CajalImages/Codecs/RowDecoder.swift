import CCajalImageCodecs
import CajalSupport

/// A C decoder, released on deinit.
struct RowDecoder: ~Copyable {
  let header: cajal_image_header
  private let pointer: OpaquePointer
  let format: ImageFormat

  /// Reads the header of a picture; the source must outlive the decoder. `path` is that of a slide.
  init(
    _ source: borrowing ByteSource, format: ImageFormat, path: String?, options: ReadingOptions,
    name: String
  ) throws(ImageError) {
    var header = cajal_image_header()
    var failure = cajal_codec_failure()
    let memory = max(options.limits.maximumBytes, 0)
    let part = options.part
    let opened: OpaquePointer?
    switch format {
    case .png, .jpeg:
      try source.checkSize(name: name)
      try Self.checkSinglePicture(part, name: name)
      opened =
        format == .png
        ? cajal_png_open(source.pointer, memory, &header, &failure)
        : cajal_jpeg_open(source.pointer, memory, &header, &failure)
    case .tiff:
      opened = cajal_tiff_open(source.pointer, part, memory, &header, &failure)
    case .slide:
      var functions = try OpenSlide.standard.functions(for: name)
      let path = (path ?? name).systemPath
      opened = cajal_openslide_open(&functions, path, part, memory, &header, &failure)
    }
    guard let opened else { throw ImageError(failure, format: format, name: name) }
    pointer = opened
    self.header = header
    self.format = format
  }

  private static func checkSinglePicture(
    _ part: cajal_image_part, name: String
  ) throws(ImageError) {
    guard part.page > 0 || part.level > 0 else { return }
    throw ImageError(
      .unreadable, name: name, reason: "it has a single picture: there is only page 0 and level 0")
  }

  deinit { cajal_image_reader_close(pointer) }

  /// The sizes of the picture's levels, as they are stored.
  var levels: [(width: Int, height: Int)] {
    var count: UInt32 = 0
    let first = cajal_image_get_levels(pointer, &count)
    return UnsafeBufferPointer(start: first, count: Int(count)).map {
      (Int($0.width), Int($0.height))
    }
  }

  /// Restricts rows to a part of the stored picture, which it must lie in; before the first row.
  func setWindow(_ window: PixelRegion) {
    cajal_image_set_window(
      pointer, UInt32(window.left), UInt32(window.top), UInt32(window.width),
      UInt32(window.height))
  }

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

  /// Passes over the next rows; after an error no other method may be called.
  func skipRows(_ count: Int, name: String) throws(ImageError) {
    var failure = cajal_codec_failure()
    guard cajal_image_skip_rows(pointer, count, &failure) else {
      throw ImageError(failure, format: format, name: name)
    }
  }

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
