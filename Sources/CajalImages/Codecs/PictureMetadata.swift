import CCajalImageCodecs
import CajalSupport

/// What a picture file says beside its values: the size of a pixel, the meaning of the colors, and
/// whether there is alpha.
public struct PictureMetadata: Sendable, Hashable {
  /// The size of a pixel in micrometers.
  public struct PixelSize: Sendable, Hashable {
    /// The distance between columns.
    public var width: Double
    /// The distance between rows.
    public var height: Double

    /// A size in micrometers; `nil` unless both sides are positive numbers.
    public init?(width: Double, height: Double) {
      guard width > 0, height > 0, width.isFinite, height.isFinite else { return nil }
      (self.width, self.height) = (width, height)
    }
  }

  /// The size of a pixel as the file says it in units of length, whatever it may be worth: see
  /// ``micronsPerPixel``. `nil` if it does not.
  public var pixelSize: PixelSize?
  /// The ICC profile of the colors. Readers drop, without an error, what is no profile, is over
  /// 4 MiB, or is of other colors than the decoded ones (that of a CMYK picture, which is read as
  /// RGB); writers leave out what the format cannot hold.
  public var colorProfile: [UInt8]?
  /// Whether the file has alpha; writers ignore it, since the number of channels says so.
  public var hasAlpha: Bool

  /// Metadata; without arguments a file says nothing.
  public init(
    pixelSize: PixelSize? = nil, colorProfile: [UInt8]? = nil, hasAlpha: Bool = false
  ) {
    self.pixelSize = pixelSize
    self.colorProfile = colorProfile
    self.hasAlpha = hasAlpha
  }

  /// The side of a pixel in micrometers, the mean of width and height; `nil` if the file does not
  /// say it, or says that it is over 25 µm: those are the 72 to 300 dots per inch that programs
  /// fill in for screens and printers.
  public var micronsPerPixel: Double? {
    guard let pixelSize else { return nil }
    let mean = (pixelSize.width + pixelSize.height) / 2
    return mean <= 25 ? mean : nil
  }

  /// The metadata of the same picture with other numbers of pixels: columns and rows are multiplied
  /// by two factors.
  ///
  /// Traps unless both factors are positive.
  public func scaled(columns: Double, rows: Double) -> PictureMetadata {
    require(columns > 0 && rows > 0, "Factors of pixels are positive.")
    var scaled = self
    scaled.pixelSize = pixelSize.flatMap {
      PixelSize(width: $0.width / columns, height: $0.height / rows)
    }
    return scaled
  }

  /// The metadata once rows and columns are exchanged.
  var transposed: PictureMetadata {
    var transposed = self
    transposed.pixelSize = pixelSize.flatMap { PixelSize(width: $0.height, height: $0.width) }
    return transposed
  }

  /// The profile if it is one of these colors.
  func usableColorProfile(isColor: Bool) -> [UInt8]? {
    colorProfile.flatMap { profile in
      cajal_is_usable_profile(profile, profile.count, isColor ? 3 : 1) ? profile : nil
    }
  }

  /// Calls a closure with the metadata for the codecs, which are valid during the call.
  func withCodecMetadata<Result>(_ body: (inout cajal_image_metadata) -> Result) -> Result {
    var metadata = cajal_image_metadata()
    metadata.pixel_width = pixelSize?.width ?? 0
    metadata.pixel_height = pixelSize?.height ?? 0
    return (colorProfile ?? []).withUnsafeBufferPointer { profile in
      if !profile.isEmpty {
        (metadata.profile, metadata.profile_size) = (profile.baseAddress, profile.count)
      }
      return body(&metadata)
    }
  }
}
