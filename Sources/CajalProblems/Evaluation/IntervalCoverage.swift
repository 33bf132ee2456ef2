import CajalModels
import CajalSupport
import CajalTensor

/// How often true values lie in the credible intervals that a model predicts for them.
///
/// A calibrated model's intervals of probability p contain the share p of the values. As values are
/// integers and intervals have *at least* their probability, the share may also be larger, by about
/// the probability of one value where that is not small.
public struct IntervalCoverage: Sendable, Hashable {
  /// The probability of the intervals, between 0 and 1.
  public let probability: Double
  /// The share of the values that lie in theirs, 0 to 1.
  public let share: Double

  /// A measured share.
  public init(probability: Double, share: Double) {
    self.probability = probability
    self.share = share
  }

  /// The share of `values` in the intervals from `lower` to `upper`, both included, 0 to 1.
  ///
  /// Traps unless there are as many lower and upper ends as values, and at least one.
  public static func share<Value: Comparable>(
    of values: [Value], lower: [Value], upper: [Value]
  ) -> Double {
    require(
      values.count == lower.count && values.count == upper.count && !values.isEmpty,
      "each value has an interval")
    let inside = values.indices.count { lower[$0] <= values[$0] && values[$0] <= upper[$0] }
    return Double(inside) / Double(values.count)
  }

  /// The probabilities whose intervals an evaluation measures.
  static let measuredProbabilities = [0.5, 0.8, 0.95]

  /// The coverage of a model's intervals on examples; empty if it has none.
  static func measured(
    _ model: some PictureModel, on examples: [Example]
  ) throws -> [IntervalCoverage] {
    let shares = try Threads.concurrentMap(examples) { example in
      try model.credibleIntervals(
        measuredProbabilities, inputs: [example.input], targets: [example.target]
      ).map { predicted in
        let values = predicted.values.scalars
        return predicted.intervals.map {
          share(of: values, lower: $0.lower.scalars, upper: $0.upper.scalars)
        }
      }
    }
    let known = shares.compactMap { $0 }
    guard !known.isEmpty else { return [] }
    // All targets have as many values.
    return measuredProbabilities.indices.map { index in
      IntervalCoverage(
        probability: measuredProbabilities[index],
        share: known.reduce(0) { $0 + $1[index] } / Double(known.count))
    }
  }
}
