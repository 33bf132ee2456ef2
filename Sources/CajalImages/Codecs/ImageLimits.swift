import CCajalImageCodecs

/// Limits of untrusted pictures, checked against the header before any memory is allocated.
public struct ImageLimits: Sendable, Hashable {
  /// The maximum number of pixels.
  public var maximumPixels: Int
  /// The maximum number of rows and of columns. By default the maximum of the formats: a long strip
  /// is harmless within the other limits.
  public var maximumSide: Int
  /// The maximum number of bytes of decoded values: of the whole picture, or of one row when
  /// reading by rows; and, counted separately, of libjpeg's buffer for a progressive picture and of
  /// a row of tiles.
  public var maximumBytes: Int
  /// The maximum number of bytes of a file that is read from its start on; TIFF and slides may be
  /// longer, of which only parts are read.
  public var maximumFileBytes: Int

  /// 500 million pixels, 2 GiB of memory and of file.
  public static let `default` = ImageLimits()

  /// Creates limits; omitted ones have the defaults, and `nil` for the file's bytes means as many
  /// as for decoded ones.
  public init(
    maximumPixels: Int = 500_000_000, maximumSide: Int = Int(Int32.max),
    maximumBytes: Int = 1 << 31, maximumFileBytes: Int? = nil
  ) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
    self.maximumBytes = maximumBytes
    self.maximumFileBytes = maximumFileBytes ?? maximumBytes
  }

  /// The default limits with another number of pixels. If that is larger, memory and file may be as
  /// large as that many pixels of three 16-bit values.
  public init(forPixels maximumPixels: Int) {
    let (bytes, isTooMuch) = maximumPixels.multipliedReportingOverflow(by: 6)
    let isMore = maximumPixels > ImageLimits.default.maximumPixels
    self.init(
      maximumPixels: maximumPixels,
      maximumBytes: !isMore ? ImageLimits.default.maximumBytes : isTooMuch ? .max : bytes)
  }
}

extension ImageLimits {
  /// Throws unless a picture, whole or by rows, is within the limits. `isDeep` says that its values
  /// keep all their bits; `keepsAlpha`, that alpha stays.
  func check(
    _ header: cajal_image_header, isWhole: Bool, isDeep: Bool, keepsAlpha: Bool, name: String
  ) throws(ImageError) {
    guard header.channels > 0 else {
      throw ImageError(
        .unsupported, name: name,
        reason: "its colors are neither gray, RGB nor CMYK; convert it to RGB")
    }
    // Sides have at most 32 bits, a row at most 35.
    let (width, height) = (Int(header.width), Int(header.height))
    let valueBytes = isDeep ? Int(header.bits / 8) : 1
    let channels = Int(header.channels) + (keepsAlpha && header.has_alpha ? 1 : 0)
    let rowBytes = width * channels * valueBytes
    let exceeded: String? =
      if max(width, height) > maximumSide {
        "\(maximumSide) a side"
      } else if width.multipliedFullWidth(by: height) > (0, UInt(max(maximumPixels, 0))) {
        "\(maximumPixels) pixels"
      } else if rowBytes > maximumBytes / (isWhole ? height : 1) {
        "\(maximumBytes) bytes of memory"
      } else {
        nil
      }
    guard let exceeded else { return }
    throw ImageError(
      .tooLarge, name: name,
      reason: "\(width) × \(height) pixels are over the limits (\(exceeded)); "
        + "raise the limits or cut it into parts")
  }
}
