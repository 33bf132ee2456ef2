/// An exponentially weighted mean of a sequence, corrected for its short beginning.
///
/// After n values, the value that came k values ago has the weight decay^k, divided by the sum of
/// all weights, (1 - decay^n) / (1 - decay).
package struct MovingMean: Sendable {
  /// The factor by which a weight shrinks with each further value: of a mean over about the last
  /// 1 / (1 - decay) values.
  package let decay: Double
  private var weightedSum = 0.0
  private var weight = 0.0

  package init(decay: Double) { self.decay = decay }

  /// The mean; `nil` before the first value.
  package var value: Double? { weight > 0 ? weightedSum / weight : nil }

  /// Adds a value. One that is not finite is left out, since the mean would never recover.
  package mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    weightedSum = decay * weightedSum + value
    weight = decay * weight + 1
  }
}
