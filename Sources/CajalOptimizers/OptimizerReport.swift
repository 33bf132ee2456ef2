/// The report of an update, for a log.
public struct OptimizerReport: Sendable, Hashable {
  /// The learning rate that was used.
  public let learningRate: Double
  /// The norm of the group's gradients together before clipping.
  public let gradientNorm: Double
  /// Whether the parameters were updated: not when the norm is infinite or not a number.
  public let isApplied: Bool
}
