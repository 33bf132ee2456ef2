import CajalImages
import Foundation
import Testing

/// A small generator with a seed (Steele, Lea and Flood 2014), so that failures can be repeated.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Image {
  /// A picture of uniformly random values.
  static func random(
    width: Int, height: Int, channels: Int, using generator: inout SplitMix64
  ) -> Image {
    Image(
      width: width, height: height, channels: channels,
      pixels: (0..<width * height * channels).map { _ in .random(in: 0 ... .max, using: &generator)
      }
    )
  }
}

/// Calls a closure with the path of a new directory, which is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("cajal-images-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}
