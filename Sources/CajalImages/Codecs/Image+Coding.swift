import CajalSupport

extension Image {
  /// Reads a PNG, JPEG or TIFF file, detected by its first bytes, or one of a slide scanner, if
  /// OpenSlide is installed.
  ///
  /// PNG of any color type, bit depth and interlacing becomes 8-bit gray or RGB: palettes are
  /// looked up, 16-bit values scaled to 8 with rounding, and transparent pixels composited over
  /// white. The EXIF orientation of either format is applied, so that the picture is upright;
  /// color profiles and gamma are not. `DeepImage` keeps 16-bit values, and `ImageReader` scales
  /// those of cameras of fewer bits. CMYK JPEG becomes RGB as in Pillow, without a profile.
  ///
  /// - Throws: `ImageError` where the file cannot be read, is empty, truncated or damaged, is over
  ///   the limits, or is of another format.
  public init(contentsOf path: String, limits: ImageLimits = .default) throws(ImageError) {
    try self.init(
      ByteSource(contentsOf: path, limits: limits), name: path, path: path, limits: limits)
  }

  /// Decodes the bytes of a PNG, JPEG or TIFF file, as `init(contentsOf:limits:)` does.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of the file.
  ///   - name: the name of the picture in errors.
  ///   - limits: the limits that the header is checked against.
  /// - Throws: `ImageError`.
  public init(
    decoding bytes: [UInt8], name: String = "image", limits: ImageLimits = .default
  ) throws(ImageError) {
    self = try bytes.withUnsafeBufferPointer { (buffer) throws(ImageError) in
      try Image(ByteSource(borrowing: buffer, name: name), name: name, limits: limits)
    }
  }

  private init(
    _ source: consuming ByteSource, name: String, path: String? = nil, limits: ImageLimits
  ) throws(ImageError) {
    var reader = try ImageReader(
      source, name: name, path: path, ReadingOptions(limits: limits, use: .whole))
    self = try reader.strip(reader.height)
  }
}

extension Image {
  /// Encodes the picture as PNG, losslessly.
  ///
  /// - Throws: `ImageError` where memory runs out.
  public func pngData() throws(ImageError) -> [UInt8] {
    try encoded(.png)
  }

  /// Encodes the picture as JPEG.
  ///
  /// Traps unless `quality` is in 1...100, libjpeg's scale.
  ///
  /// - Throws: `ImageError` where a side is over 65 500 pixels, the maximum of JPEG.
  public func jpegData(quality: Int = 90) throws(ImageError) -> [UInt8] {
    require((1...100).contains(quality), "The quality of a JPEG is in 1...100.")
    return try encoded(.jpeg, quality: quality)
  }

  /// Writes the picture to a file whose extension (`png`, `jpg`, `jpeg`, `tif` or `tiff`) names the
  /// format; JPEG at quality 90, TIFF without loss. The file is replaced atomically or, on failure, left unchanged.
  ///
  /// - Throws: `ImageError`.
  public func write(to path: String) throws(ImageError) {
    let format = try ImageFormat(writtenTo: path)
    guard format != .tiff else { return try writeTIFF(to: path) }
    let bytes = try encoded(format, name: path)
    do throws(FileError) {
      try Files.writeAtomically(to: path, bytes)
    } catch {
      throw ImageError(error, name: path)
    }
  }

  private func writeTIFF(to path: String) throws(ImageError) {
    do {
      try ImageWriter.write(to: path, width: width, height: height, channels: channels) {
        try $0.append(self)
      }
    } catch let error as ImageError {
      throw error
    } catch {
      throw ImageError(.unwritable, name: path, reason: "\(error)")
    }
  }

  private func encoded(
    _ format: ImageFormat, quality: Int = 90, name: String = "image"
  ) throws(ImageError) -> [UInt8] {
    let encoder = try RowEncoder(
      RowShape(width: width, height: height, channels: channels), format: format,
      quality: quality, name: name)
    try pixels.withUnsafeBufferPointer { (buffer) throws(ImageError) in
      guard let start = buffer.baseAddress else { return }
      try encoder.writeRows(height, from: start, name: name)
    }
    return Array(encoder.takeEncoded())
  }
}
