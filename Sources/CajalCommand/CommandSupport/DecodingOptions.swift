import ArgumentParser
import Cajal

/// The options of decoding.
struct DecodingOptions: ParsableArguments {
  /// The decoding methods.
  enum Way: String, ExpressibleByArgument, CaseIterable {
    case mean, greedy, sample
    case zeroTarget = "zero-target"
    case onePass = "one-pass"
    case selfEnsemble = "self-ensemble"
    case crisp
  }

  @Option(
    name: .customLong("decoding"),
    help: """
      How pictures are made: sub-pixel by sub-pixel the mean of the predicted distribution, its \
      most probable value (greedy) or a random one (sample); one-pass is the picture that a model \
      predicts without sampling, self-ensemble the mean of eight such pictures, of the input \
      turned and mirrored, which is closer to the target, and crisp the sharper one that it predicts after training with \
      --adversarial; zero-target is one pass over an empty picture. (default: as the \
      model says, for an image transformer mean)
      """)
  var way: Way?

  @Option(help: "With sample: below 1 prefers probable values. (default: 1)")
  var temperature: Float?

  @Option(
    help: """
      With crisp: its share of a mixture with the one-pass picture, 0 to 1; less is closer to the \
      target and smoother. (default: 1)
      """)
  var crispness: Float?

  @Option(
    help: """
      With sample: equal seeds give equal pictures. (default: 0) With crisp, after training with \
      --adversarial-code: draws the code of each picture. (default: zeros, the middle of all codes)
      """, transform: SeedText.parse)
  var seed: UInt64?

  func validate() throws {
    guard way == .sample || temperature == nil else {
      throw ValidationError("--temperature needs --decoding sample")
    }
    guard way == .crisp || crispness == nil else {
      throw ValidationError("--crispness needs --decoding crisp")
    }
    if let crispness, !(0...1).contains(crispness) {
      throw ValidationError("--crispness is from 0 to 1, not \(crispness)")
    }
    guard way == .sample || way == .crisp || seed == nil else {
      throw ValidationError("--seed needs --decoding sample or --decoding crisp")
    }
    if let temperature, !(temperature > 0 && temperature.isFinite) {
      throw ValidationError("--temperature is a positive number, not \(temperature)")
    }
  }

  /// The library's value; the model's default where none is given.
  ///
  /// - Throws: `PredictionError.unsupportedDecoding` when the model does not have it.
  func decoding(of model: any PictureModel) throws -> Decoding {
    let decoding = decoding ?? model.defaultDecoding
    try model.checkDecoding(decoding)
    return decoding
  }

  private var decoding: Decoding? {
    switch way {
    case .mean: .mean
    case .greedy: .greedy
    case .sample: .sample(temperature: temperature ?? 1, seed: seed ?? 0)
    case .zeroTarget: .zeroTarget
    case .onePass: .onePass
    case .selfEnsemble: .selfEnsemble
    case .crisp: .crisp(seed: seed, crispness: crispness ?? 1)
    case nil: nil
    }
  }
}
