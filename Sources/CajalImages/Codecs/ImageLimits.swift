import CCajalImageCodecs

/// How large a picture from outside may be before it is refused, judged by what its header
/// declares, before memory is taken for it.
public struct ImageLimits: Sendable, Hashable {
  /// The most pixels.
  public var maximumPixels: Int
  /// The most rows and the most columns. By default the most that a format can have: a strip is no
  /// danger, as long as the other limits hold.
  public var maximumSide: Int
  /// The most bytes of memory for decoded values: of the whole picture, or of one row where a
  /// picture is read by rows. What libjpeg holds of a progressive picture counts by itself.
  public var maximumBytes: Int
  /// The most bytes that are read from a file.
  public var maximumFileBytes: Int

  /// 500 million pixels, 2 GiB of memory and of file.
  public static let `default` = ImageLimits()

  /// Limits that differ from the default ones in what is given; `nil` for the file's bytes is as
  /// many as for the decoded ones.
  public init(
    maximumPixels: Int = 500_000_000, maximumSide: Int = Int(Int32.max),
    maximumBytes: Int = 1 << 31, maximumFileBytes: Int? = nil
  ) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
    self.maximumBytes = maximumBytes
    self.maximumFileBytes = maximumFileBytes ?? maximumBytes
  }

  /// The default limits with another number of pixels. Where that is more, memory and file may be
  /// as large as so many pixels of three 16-bit values.
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
  /// keep all their bits.
  func check(
    _ header: cajal_image_header, isWhole: Bool, isDeep: Bool, name: String
  ) throws(ImageError) {
    guard header.channels > 0 else {
      throw ImageError(
        .unsupported, name: name,
        reason: "its colors are neither gray, RGB nor CMYK; convert it to RGB")
    }
    // Sides have at most 32 bits, a row at most 36.
    let (width, height) = (Int(header.width), Int(header.height))
    let valueBytes = isDeep ? Int(header.bits / 8) : 1
    let rowBytes = width * Int(header.channels) * valueBytes
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
