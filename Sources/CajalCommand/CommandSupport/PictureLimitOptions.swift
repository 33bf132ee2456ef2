import ArgumentParser
import Cajal

/// The option that limits input pictures.
struct PictureLimitOptions: ParsableArguments {
  @Option(
    help: """
      The most pixels that a picture may say it has; more is taken for an attack. \
      (default: \(ImageLimits.default.maximumPixels))
      """)
  var maximumPixels: Int?

  /// The maximum of the supported formats.
  private static let largestPicture = 1 << 40

  func validate() throws {
    try NumberRange.check([("--maximum-pixels", maximumPixels ?? 1, 1...Self.largestPicture)])
  }

  /// The library's value.
  var limits: ImageLimits { maximumPixels.map { ImageLimits(forPixels: $0) } ?? .default }
}
