extension Image {
  /// Reads a PNG or JPEG file, detected by its first bytes.
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
    try self.init(ByteSource(contentsOf: path, limits: limits), name: path, limits: limits)
  }

  /// Decodes the bytes of a PNG or JPEG file, as `init(contentsOf:limits:)` does.
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
    _ source: consuming ByteSource, name: String, limits: ImageLimits
  ) throws(ImageError) {
    var reader = try ImageReader(source, name: name, limits: limits, use: .whole)
    self = try reader.strip(reader.height)
  }
}
