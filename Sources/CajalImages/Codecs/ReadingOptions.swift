import CCajalImageCodecs
import CajalSupport

/// How a picture is read.
struct ReadingOptions {
  /// How many rows are read at once.
  enum Use {
    /// By rows.
    case rows
    /// All rows at once; the limits apply to the whole picture.
    case whole
  }

  var limits = ImageLimits.default
  /// The value of white in 16-bit files; `nil` is 65535.
  var whiteLevel: Int?
  /// Whether values of 16 bits stay as they are.
  var keepsBits = false
  /// Whether alpha becomes a channel rather than being composited over white.
  var keepsAlpha = false
  /// The page of a file of several.
  var page = 0
  /// The level of a pyramid.
  var level = 0
  /// The part of the upright picture; `nil` for all.
  var region: PixelRegion?
  var use = Use.rows

  /// The page and the level for the codecs.
  ///
  /// Traps unless both are zero or positive.
  var part: cajal_image_part {
    require(page >= 0 && level >= 0, "Pages and levels are counted from 0.")
    return cajal_image_part(page: UInt32(clamping: page), level: UInt32(clamping: level))
  }

  /// The part to read of an upright picture, whose file has stored it as the header says.
  func region(
    ofStored header: cajal_image_header, _ turn: DihedralTransform, name: String
  ) throws(ImageError) -> PixelRegion {
    let (width, height) =
      turn.swapsSides
      ? (Int(header.height), Int(header.width)) : (Int(header.width), Int(header.height))
    guard let region else { return PixelRegion(left: 0, top: 0, width: width, height: height) }
    try region.check(width: width, height: height, name: name)
    return region
  }

  /// The value of white.
  ///
  /// Traps unless it is in 1...65535.
  var white: Int {
    let white = whiteLevel ?? 65535
    require((1...65535).contains(white), "A white level is in 1...65535.")
    return white
  }
}
