import ArgumentParser
import Cajal

/// The options of decoding.
struct DecodingOptions: ParsableArguments {
  /// The decoding methods.
  enum Way: String, ExpressibleByArgument, CaseIterable {
    case mean, greedy, sample
    case zeroTarget = "zero-target"
  }

  @Option(
    name: .customLong("decoding"),
    help: """
      How pictures are made: sub-pixel by sub-pixel the mean of the predicted distribution, its \
      most probable value (greedy) or a random one (sample); zero-target is one pass over an \
      empty picture.
      """)
  var way = Way.mean

  @Option(help: "With sample: below 1 prefers probable values. (default: 1)")
  var temperature: Float?

  @Option(
    help: "With sample: equal seeds give equal pictures. (default: 0)", transform: SeedText.parse)
  var seed: UInt64?

  func validate() throws {
    guard way == .sample || (temperature == nil && seed == nil) else {
      throw ValidationError(
        "\(temperature == nil ? "--seed" : "--temperature") needs --decoding sample")
    }
    if let temperature, !(temperature > 0 && temperature.isFinite) {
      throw ValidationError("--temperature is a positive number, not \(temperature)")
    }
  }

  /// The library's value.
  var decoding: Decoding {
    switch way {
    case .mean: .mean
    case .greedy: .greedy
    case .sample: .sample(temperature: temperature ?? 1, seed: seed ?? 0)
    case .zeroTarget: .zeroTarget
    }
  }
}
