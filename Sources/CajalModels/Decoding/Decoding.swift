/// The method of making a picture from a model's predictions.
///
/// With residual target coding, near black and white, all but ``zeroTarget`` leave out what only a
/// step beyond the end of the scale would reach; see `target_coding` in `Docs/design.md`.
public enum Decoding: Sendable, Hashable {
  /// Sub-pixel by sub-pixel, each the most probable value given those before it.
  case greedy
  /// Sub-pixel by sub-pixel, each drawn at random; temperatures below 1 prefer probable values.
  /// Equal seeds give equal pictures.
  case sample(temperature: Float = 1, seed: UInt64 = 0)
  /// Sub-pixel by sub-pixel, each the rounded mean of its distribution given the most probable
  /// values before it. Means are closest to the target on average, but smoother than any real
  /// picture: predicting from them would lead away from what the model has seen.
  case mean
  /// The most probable values of one pass over an all-zero target. Not a decoding, but what the
  /// write-up did; it shows the resulting artifacts.
  case zeroTarget
  /// The picture that a model predicts in one pass, without sampling. For models that have one
  /// beside their distribution.
  case onePass
  /// The mean of the ``onePass`` pictures of all eight orientations of the input: closer to the
  /// target than each of them, in eight times the time. The geometric self-ensemble of Lim et al.
  /// (2017, arXiv:1707.02921).
  case selfEnsemble
  /// The picture that adversarial fine-tuning has taught a model to predict in one pass: as sharp
  /// and as grainy as the targets, though less close to each than ``onePass``.
  ///
  /// A model with codes (`adversarial_code`) draws one per picture from `seed`: other seeds give
  /// other pictures. Without a seed codes are zero, the middle of their range and their mean, so
  /// that the picture stands for all of them.
  ///
  /// `crispness`, 0 to 1, is its share of a mixture with ``onePass``: less is closer to the target
  /// and smoother.
  case crisp(seed: UInt64? = nil, crispness: Float = 1)

  /// The name at the command line, such as `zero-target`.
  public var name: String {
    switch self {
    case .greedy: "greedy"
    case .sample: "sample"
    case .mean: "mean"
    case .zeroTarget: "zero-target"
    case .onePass: "one-pass"
    case .selfEnsemble: "self-ensemble"
    case .crisp: "crisp"
    }
  }

  /// Checks temperature and crispness.
  ///
  /// - Throws: ``PredictionError/invalidTemperature(_:)`` for one that is not a positive, finite
  ///   number, ``PredictionError/invalidCrispness(_:)`` for one that is not from 0 to 1.
  func validate() throws(PredictionError) {
    switch self {
    case .sample(let temperature, _) where !(temperature > 0 && temperature.isFinite):
      throw .invalidTemperature(temperature)
    case .crisp(_, let crispness) where !(0...1).contains(crispness):
      throw .invalidCrispness(crispness)
    default: break
    }
  }
}
