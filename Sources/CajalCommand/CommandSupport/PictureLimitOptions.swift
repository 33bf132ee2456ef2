import ArgumentParser
import Cajal

/// The option that bounds pictures that are read.
struct PictureLimitOptions: ParsableArguments {
  @Option(help: "The most pixels that a picture may say it has; more is taken for an attack.")
  var maximumPixels = ImageLimits.default.maximumPixels

  func validate() throws {
    guard maximumPixels > 0 else { throw ValidationError("--maximum-pixels is at least 1") }
  }

  /// The library's value.
  var limits: ImageLimits { ImageLimits(forPixels: maximumPixels) }
}
