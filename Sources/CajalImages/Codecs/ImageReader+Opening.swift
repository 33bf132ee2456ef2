extension ImageReader {
  /// Opens a file and reads its header.
  ///
  /// Traps unless the white level, if there is one, is in 1...65535.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: the limits that the header is checked against.
  ///   - whiteLevel: the value of white in a 16-bit file: values from 0 to it become 0 to 255, with
  ///     rounding, and larger ones 255. `nil` is 65535. Other files are read as they are.
  ///   - keepsBits: whether the values of a 16-bit file stay as they are. Rows are then read by
  ///     `readRows(into:)` of a buffer of 16-bit values; `bitDepth` says how many bits they have.
  ///   - keepsAlpha: whether alpha, where the file has it, becomes the last channel, with colors that
  ///     are not multiplied by it; otherwise transparent pixels are composited over white. Rows with
  ///     alpha are read by `readRows(into:)`.
  ///   - page: the page of a TIFF file, from 0, not counting smaller copies of pages.
  ///   - level: the level of a pyramid: 0 is the full resolution.
  ///   - region: the part of the level to read; `nil` is all of it. Only its tiles are decoded, and
  ///     the limits apply to it alone; of PNG and JPEG, all rows to its last one.
  /// - Throws: `ImageError` where the file cannot be read, is empty or damaged, is over the limits,
  ///   has no such page, level or region, or is of another format.
  public init(
    contentsOf path: String, limits: ImageLimits = .default, whiteLevel: Int? = nil,
    keepsBits: Bool = false, keepsAlpha: Bool = false, page: Int = 0, level: Int = 0,
    region: PixelRegion? = nil
  ) throws(ImageError) {
    try self.init(
      ByteSource(contentsOf: path, limits: limits), name: path, path: path,
      ReadingOptions(
        limits: limits, whiteLevel: whiteLevel, keepsBits: keepsBits, keepsAlpha: keepsAlpha,
        page: page, level: level, region: region))
  }

  /// Reads the header of a picture in memory; the bytes are copied.
  ///
  /// Traps unless the white level, if there is one, is in 1...65535.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of the file.
  ///   - name: the name of the picture in errors.
  ///   - limits: the limits that the header is checked against.
  ///   - whiteLevel: the value of white, as for files.
  ///   - keepsBits: whether the values of a 16-bit file stay as they are, as for files.
  ///   - keepsAlpha: whether alpha becomes a channel, as for files.
  ///   - page: the page, as for files.
  ///   - level: the level, as for files.
  ///   - region: the part to read, as for files.
  /// - Throws: `ImageError`, as for files.
  public init(
    decoding bytes: [UInt8], name: String = "image", limits: ImageLimits = .default,
    whiteLevel: Int? = nil, keepsBits: Bool = false, keepsAlpha: Bool = false, page: Int = 0,
    level: Int = 0, region: PixelRegion? = nil
  ) throws(ImageError) {
    try self.init(
      ByteSource(copying: bytes, name: name), name: name,
      ReadingOptions(
        limits: limits, whiteLevel: whiteLevel, keepsBits: keepsBits, keepsAlpha: keepsAlpha,
        page: page, level: level, region: region))
  }

  /// Whether a file is of a format whose regions are decoded alone: TIFF, or a slide.
  package static func decodesRegionsAlone(ofFile path: String) -> Bool {
    guard let source = try? ByteSource(contentsOf: path, limits: .default),
      let format = try? ImageFormat(of: source, path: path, name: path)
    else { return false }
    return format == .tiff || format == .slide
  }

  /// Opens the decoder for a source's format: of TIFF, OpenSlide's where libtiff does not read this
  /// kind.
  static func open(
    _ source: borrowing ByteSource, name: String, path: String?, _ options: ReadingOptions
  ) throws(ImageError) -> RowDecoder {
    let format = try ImageFormat(of: source, path: path, name: name)
    do throws(ImageError) {
      return try RowDecoder(source, format: format, path: path, options: options, name: name)
    } catch {
      guard format == .tiff, error.kind == .unsupported, let path,
        OpenSlide.standard.recognizes(path)
      else { throw error }
      return try RowDecoder(source, format: .slide, path: path, options: options, name: name)
    }
  }
}
