public import CajalTensor

/// Central credible intervals of values, both ends included.
public struct CredibleInterval: Sendable {
  /// The smallest values of the intervals.
  public let lower: Tensor<Int32>
  /// The largest values, of the same shape.
  public let upper: Tensor<Int32>

  /// Intervals with these ends.
  public init(lower: Tensor<Int32>, upper: Tensor<Int32>) {
    self.lower = lower
    self.upper = upper
  }
}

/// A distribution with credible intervals.
public protocol IntervalDistribution: OutputDistribution {
  /// The central (equal-tailed) credible intervals of each value, given the earlier values of its
  /// position. At most half of what `p` leaves, (1 − p) / 2, lies on either side of the interval,
  /// which is the smallest of that kind. As values are integers, it has at least the probability p.
  ///
  /// - Parameters:
  ///   - output: The output of the network.
  ///   - codes: The codes of the true values, for distributions of several values per position that
  ///     depend on each other; the others ignore them.
  ///   - bases: The values of the enlarged input.
  ///   - probabilities: The probabilities p, each more than 0 and less than 1; others trap.
  /// - Returns: For each probability the intervals of values, not codes, of the shape ``OutputDistribution/valueShape(ofOutput:)``.
  func credibleIntervals(
    _ output: Tensor<Float>, codes: Tensor<Int32>, bases: Tensor<Int32>?, probabilities: [Double]
  ) -> [CredibleInterval]
}

/// The values of targets, and the intervals that a model predicted for them.
public struct PredictedIntervals: Sendable {
  /// The values, in the model's normalization and order.
  public let values: Tensor<Int32>
  /// For each probability the intervals of the values, of the same shape.
  public let intervals: [CredibleInterval]

  /// Values with their intervals.
  public init(values: Tensor<Int32>, intervals: [CredibleInterval]) {
    self.values = values
    self.intervals = intervals
  }
}
