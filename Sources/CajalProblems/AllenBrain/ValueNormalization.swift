public import CajalImages

/// The pixel normalization of a model.
public enum ValueNormalization: Sendable, Hashable {
  /// No normalization.
  case none
  /// By the mean and the standard deviation of all training tiles, lossless for all values of the
  /// tiles.
  case trainingSet
  /// By a given mean and standard deviation.
  case known(PixelNormalization)
}

extension ValueNormalization: LosslessStringConvertible {
  /// The normalization as options spell it: `none`, `training_set`, or means and standard
  /// deviations of the channels as in `151.5,140,160/30,31.5,28`; after them the lowest and the
  /// highest values where they are known, as in `151.5/30/12/250`.
  public var description: String {
    switch self {
    case .none: "none"
    case .trainingSet: "training_set"
    case .known(let known):
      NumberRows.text(
        [known.mean, known.standardDeviation]
          + (known.range.map { range in
            [range.map { Double($0.lowerBound) }, range.map { Double($0.upperBound) }]
          } ?? []))
    }
  }

  /// The normalization with the given spelling, or `nil`.
  public init?(_ description: String) {
    switch description {
    case "none": self = .none
    case "training_set": self = .trainingSet
    default:
      guard let known = NumberRows.parse(description).flatMap(PixelNormalization.init(rows:)) else {
        return nil
      }
      self = .known(known)
    }
  }
}

extension PixelNormalization {
  /// The normalization of means and standard deviations, and where there are four rows of lowest
  /// and highest values.
  fileprivate init?(rows: [[Double]]) {
    guard rows.count == 2 || rows.count == 4 else { return nil }
    var range: [ClosedRange<UInt8>]?
    if rows.count == 4 {
      let bounds = rows[2...].map { $0.compactMap { UInt8(exactly: $0) } }
      guard zip(rows[2...], bounds).allSatisfy({ $0.count == $1.count }),
        bounds[0].count == bounds[1].count, zip(bounds[0], bounds[1]).allSatisfy({ $0 <= $1 })
      else { return nil }
      range = zip(bounds[0], bounds[1]).map { $0...$1 }
    }
    guard Self.isUsable(mean: rows[0], standardDeviation: rows[1], range: range) else { return nil }
    self.init(mean: rows[0], standardDeviation: rows[1], range: range)
  }
}
