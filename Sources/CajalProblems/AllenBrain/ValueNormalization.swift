public import CajalImages

/// Whether a model sees pictures at a common brightness and contrast.
public enum ValueNormalization: Sendable, Hashable {
  /// As they are.
  case none
  /// By the mean and the deviation of all training tiles of the data.
  case trainingSet
  /// By a mean and a deviation that are known.
  case known(PixelNormalization)
}

extension ValueNormalization: LosslessStringConvertible {
  /// The normalization as options spell it: `none`, `training_set`, or means and deviations as in `151.5,140,160/30,31.5,28`.
  public var description: String {
    switch self {
    case .none: "none"
    case .trainingSet: "training_set"
    case .known(let known): NumberRows.text([known.mean, known.deviation])
    }
  }

  /// The normalization with the given spelling, or `nil`.
  public init?(_ description: String) {
    switch description {
    case "none": self = .none
    case "training_set": self = .trainingSet
    default:
      guard let rows = NumberRows.parse(description), rows.count == 2,
        PixelNormalization.isUsable(mean: rows[0], deviation: rows[1])
      else { return nil }
      self = .known(PixelNormalization(mean: rows[0], deviation: rows[1]))
    }
  }
}
