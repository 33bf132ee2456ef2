import CCajalImageCodecs
import CajalFiles

extension Image {
  /// The picture as the bytes of a PNG file, without loss.
  ///
  /// - Throws: `ImageError` where memory runs out.
  public func pngData() throws(ImageError) -> [UInt8] {
    try encoded { pixels, header, encoded, message in
      cajal_png_encode(pixels, &header, &encoded, &message)
    }
  }

  /// The picture as the bytes of a JPEG file.
  ///
  /// Traps unless `quality` is in 1...100, libjpeg's scale.
  ///
  /// - Throws: `ImageError` where a side is over 65 500 pixels, the most that JPEG can hold.
  public func jpegData(quality: Int = 90) throws(ImageError) -> [UInt8] {
    precondition((1...100).contains(quality), "The quality of a JPEG is in 1...100.")
    return try encoded { pixels, header, encoded, message in
      cajal_jpeg_encode(pixels, &header, Int32(quality), &encoded, &message)
    }
  }

  /// Writes the picture to a file whose extension (`png`, `jpg` or `jpeg`) names the format; JPEG
  /// at quality 90. The file is replaced at once or, where anything fails, left as it was.
  ///
  /// - Throws: `ImageError`.
  public func write(to path: String) throws(ImageError) {
    guard let format = ImageFormat(pathExtensionOf: path) else {
      throw ImageError(
        .unwritable, name: path, reason: "the name must end in .png, .jpg or .jpeg")
    }
    do {
      let bytes =
        switch format {
        case .png: try pngData()
        case .jpeg: try jpegData()
        }
      try Files.writeAtomically(to: path, bytes)
    } catch let error as ImageError {
      throw ImageError(.unwritable, name: path, reason: error.reason)
    } catch let error as FileError {
      throw ImageError(.unwritable, name: path, reason: "cannot be written: \(error.reason)")
    } catch {
      throw ImageError(.unwritable, name: path, reason: "cannot be written: \(error)")
    }
  }

  private typealias Encoder = (
    UnsafePointer<UInt8>?, inout cajal_image_header, inout cajal_encoded_image,
    inout cajal_codec_message
  ) -> Bool

  private func encoded(_ encode: Encoder) throws(ImageError) -> [UInt8] {
    var header = cajal_image_header(
      width: UInt32(width), height: UInt32(height), channels: UInt32(channels))
    var encoded = cajal_encoded_image()
    var message = cajal_codec_message()
    defer { cajal_codec_release(&encoded) }
    guard pixels.withUnsafeBufferPointer({ encode($0.baseAddress, &header, &encoded, &message) })
    else { throw ImageError(.unwritable, name: "image", reason: message.string) }
    return [UInt8](UnsafeBufferPointer(start: encoded.bytes, count: encoded.count))
  }
}
