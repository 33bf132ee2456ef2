import CajalTensor

/// Errors from prediction; each description is one line.
public enum PredictionError: Error, Sendable, Hashable {
  /// Weights of the model are infinite or not numbers, as after a run that diverged.
  case nonFiniteWeights
  /// The weights are finite but the output is not.
  case nonFiniteLogits
  /// A temperature that is not a positive, finite number.
  case invalidTemperature(Float)
  /// A share of the crisp picture that is not from 0 to 1.
  case invalidCrispness(Float)
  /// A decoding that the model does not have. `model` is its kind; decodings are named as at the
  /// command line.
  case unsupportedDecoding(String, model: String, supported: [String])
  /// A seed for the code of a model without codes.
  case noCode
  /// A model or a decoding without distributions whose entropies could be given. `model` is its
  /// kind.
  case noEntropies(String, model: String)
  /// It was asked to stop; see ``UpsamplingOptions/isStopped``.
  case stopped
}

extension PredictionError: CustomStringConvertible {
  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .nonFiniteWeights:
      "the model is destroyed: some of its weights are infinite or not numbers; "
        + "use an earlier checkpoint, or train again with a lower learning_rate"
    case .nonFiniteLogits:
      "the model is destroyed: its predictions are infinite or not numbers; "
        + "use an earlier checkpoint, or train again with a lower learning_rate"
    case .invalidTemperature(let temperature):
      "a temperature is a positive, finite number, not \(temperature)"
    case .invalidCrispness(let crispness):
      "a crispness is from 0 to 1, not \(crispness)"
    case .unsupportedDecoding(let decoding, let model, let supported):
      "the decoding \(decoding) is not one of \(model), which has \(supported.joined(separator: ", "))"
        + Self.wayToHave(decoding, model)
    case .stopped: "the prediction was stopped"
    case .noEntropies(let decoding, let model):
      "\(model) with the decoding \(decoding) has no predicted distributions whose entropy could "
        + "be shown; try --decoding sample"
    case .noCode:
      "the model has no code that a seed could draw for crisp pictures; leave out the seed, or "
        + "fine-tune with cajal train --initialize-from RUN --adversarial 0.02 --adversarial-code 4"
    }
  }

  /// How a model gets a decoding that it lacks.
  private static func wayToHave(_ decoding: String, _ model: String) -> String {
    guard decoding == Decoding.crisp().name, model == RestorationModel.kind else { return "" }
    return "; fine-tune it for that with cajal train --initialize-from RUN --adversarial 0.02"
  }
}
