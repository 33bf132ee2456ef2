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
  var use = Use.rows

  /// The value of white.
  ///
  /// Traps unless it is in 1...65535.
  var white: Int {
    let white = whiteLevel ?? 65535
    require((1...65535).contains(white), "A white level is in 1...65535.")
    return white
  }
}
