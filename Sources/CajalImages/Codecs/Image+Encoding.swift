import CajalFiles

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

  /// Writes the picture to a file whose extension (`png`, `jpg` or `jpeg`) names the format; JPEG
  /// at quality 90. The file is replaced atomically or, on failure, left unchanged.
  ///
  /// - Throws: `ImageError`.
  public func write(to path: String) throws(ImageError) {
    let bytes = try encoded(ImageFormat(writtenTo: path), name: path)
    do throws(FileError) {
      try Files.writeAtomically(to: path, bytes)
    } catch {
      throw ImageError(error, name: path)
    }
  }

  private func encoded(
    _ format: ImageFormat, quality: Int = 90, name: String = "image"
  ) throws(ImageError) -> [UInt8] {
    let encoder = try RowEncoder(
      width: width, height: height, channels: channels, format: format, quality: quality,
      name: name)
    try pixels.withUnsafeBufferPointer { (buffer) throws(ImageError) in
      guard let start = buffer.baseAddress else { return }
      try encoder.writeRows(height, from: start, name: name)
    }
    return Array(encoder.takeEncoded())
  }
}
