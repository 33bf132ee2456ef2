import CCajalImageCodecs

/// The size of a picture that is written, and what its values are.
struct RowShape {
  var width: Int, height: Int
  /// 1 (gray), 2 (gray and alpha), 3 (RGB) or 4 (RGB and alpha).
  var channels: Int
  /// 8 or 16.
  var bitDepth = 8

  /// The bytes of a row.
  var rowBytes: Int { width * channels * bitDepth / 8 }

  /// The shape for the codecs.
  func header(name: String) throws(ImageError) -> cajal_image_header {
    guard let width = UInt32(exactly: width), let height = UInt32(exactly: height) else {
      throw ImageError(.unwritable, name: name, reason: "its sides are too long for any format")
    }
    var header = cajal_image_header()
    (header.width, header.height) = (width, height)
    header.has_alpha = channels % 2 == 0
    header.channels = channels < 3 ? 1 : 3
    header.bits = UInt32(bitDepth)
    return header
  }
}
