import CajalSupport
public import CajalTensor

/// An exponential moving average of the parameters, which often generalizes better than the last
/// ones (Polyak and Juditsky 1992).
///
/// The decay of update t (from 0) is min(``decay``, (1 + t) / (10 + t)), so that an early average
/// is not dominated by the initial values.
public struct WeightAverage: Sendable {
  /// The decay in the limit of many updates.
  public let decay: Double
  /// The number of updates so far.
  public private(set) var updates: Int
  /// The average, as a flat buffer laid out like the parameters.
  public private(set) var values: Tensor<Float>

  /// Starts an average at `parameters`, or restores one after `updates` updates.
  public init(of parameters: Tensor<Float>, decay: Double, updates: Int = 0) {
    require(decay >= 0 && decay < 1, "the decay of an average is in 0 ..< 1, not \(decay)")
    require(updates >= 0, "the number of updates is not negative: \(updates)")
    self.decay = decay
    self.updates = updates
    values = parameters
  }

  /// The decay that the next update uses.
  public var effectiveDecay: Double {
    min(decay, (1 + Double(updates)) / (10 + Double(updates)))
  }

  /// Moves the average toward `parameters`: `average += (1 - effectiveDecay) · (parameters -
  /// average)`.
  public mutating func update(with parameters: Tensor<Float>) {
    require(
      parameters.count == values.count,
      "the average has \(values.count) values, the parameters \(parameters.count)")
    values.moveAverage(toward: parameters, decay: Float(effectiveDecay))
    updates += 1
  }
}

extension WeightAverage: CustomStringConvertible, CustomReflectable {
  /// The decay and the number of updates.
  public var description: String {
    "average of \(values.count) weights with decay \(decay) after \(updates) updates"
  }

  /// The decay and the number of updates, without the weights.
  public var customMirror: Mirror {
    Mirror(self, children: ["decay": decay, "updates": updates])
  }
}
