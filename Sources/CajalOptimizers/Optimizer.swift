import CajalSupport

/// An update rule with learning-rate schedule, clipping and decay.
///
/// A codable value; the moments are in ``OptimizerState``.
public struct Optimizer: Sendable, Hashable, Codable {
  /// The formula of an update.
  public enum Rule: Sendable, Hashable, Codable {
    /// Adam (Kingma and Ba 2015) as tensor2tensor has it: `m = β₁m + (1-β₁)g`, `v = β₂v +
    /// (1-β₂)g²`, `w -= lr · √(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε)`, t from 1. The ε is outside of the
    /// correction.
    case adam(beta1: Double, beta2: Double, epsilon: Double)
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019): `w -= lr · weightDecay · w`
    /// as well, for the parameters of `Parameter.isMatrix`.
    case adamW(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double)
    /// Gradient descent with momentum: `u = momentum · u + g`, `w -= lr · u`, or with Nesterov's
    /// look-ahead `w -= lr · (g + momentum · u)`.
    case sgd(momentum: Double, nesterov: Bool)
  }

  /// The formula of an update.
  public var rule: Rule
  /// The learning rate of each step.
  public var schedule: Schedule
  /// The global norm that gradients are clipped to: all of them are multiplied by
  /// clipNorm / max(norm, clipNorm). 0 is off.
  public var clipNorm: Double
  /// tensor2tensor's `weight_decay`: adds l2Penalty · w to the gradient before clipping (that is,
  /// l2Penalty / 2 · Σw² to the loss), for all but `Parameter.isBias`. 0 is off.
  public var l2Penalty: Double

  /// An optimizer with every part given.
  public init(rule: Rule, schedule: Schedule, clipNorm: Double = 0, l2Penalty: Double = 0) {
    self.rule = rule
    self.schedule = schedule
    self.clipNorm = clipNorm
    self.l2Penalty = l2Penalty
    if let fault { requirementFailure(fault) }
  }
}

extension Optimizer {
  /// Adam; the defaults are tensor2tensor's for transformers.
  public static func adam(
    _ schedule: Schedule, beta1: Double = 0.9, beta2: Double = 0.98, epsilon: Double = 1e-9,
    clipNorm: Double = 0, l2Penalty: Double = 0
  ) -> Optimizer {
    Optimizer(
      rule: .adam(beta1: beta1, beta2: beta2, epsilon: epsilon), schedule: schedule,
      clipNorm: clipNorm, l2Penalty: l2Penalty)
  }

  /// Adam with decoupled weight decay.
  public static func adamW(
    _ schedule: Schedule, beta1: Double = 0.9, beta2: Double = 0.98, epsilon: Double = 1e-9,
    weightDecay: Double = 0.01, clipNorm: Double = 0
  ) -> Optimizer {
    Optimizer(
      rule: .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay),
      schedule: schedule, clipNorm: clipNorm)
  }

  /// Gradient descent, by default with momentum.
  public static func sgd(
    _ schedule: Schedule, momentum: Double = 0.9, nesterov: Bool = false, clipNorm: Double = 0,
    l2Penalty: Double = 0
  ) -> Optimizer {
    Optimizer(
      rule: .sgd(momentum: momentum, nesterov: nesterov), schedule: schedule, clipNorm: clipNorm,
      l2Penalty: l2Penalty)
  }
}

extension Optimizer {
  private enum CodingKeys: String, CodingKey { case rule, schedule, clipNorm, l2Penalty }

  /// Reads what `encode(to:)` wrote.
  ///
  /// - Throws: `DecodingError` when a number is out of its range.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rule = try container.decode(Rule.self, forKey: .rule)
    schedule = try container.decode(Schedule.self, forKey: .schedule)
    clipNorm = try container.decodeIfPresent(Double.self, forKey: .clipNorm) ?? 0
    l2Penalty = try container.decodeIfPresent(Double.self, forKey: .l2Penalty) ?? 0
    if let fault {
      throw DecodingError.dataCorruptedError(
        forKey: .rule, in: container, debugDescription: fault)
    }
  }

  /// The reason why the optimizer is invalid, or `nil`.
  private var fault: String? {
    func isAmount(_ value: Double) -> Bool { value >= 0 && value.isFinite }
    func isFraction(_ value: Double) -> Bool { value >= 0 && value < 1 }
    guard isAmount(clipNorm) else { return "a clipping norm is not negative: \(clipNorm)" }
    guard isAmount(l2Penalty) else { return "an L2 penalty is not negative: \(l2Penalty)" }
    switch rule {
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon, _):
      guard isFraction(beta1), isFraction(beta2), isAmount(epsilon), epsilon > 0 else {
        return "Adam's betas are in 0 ..< 1 and its epsilon is above 0: "
          + "\(beta1), \(beta2), \(epsilon)"
      }
      if case .adamW(_, _, _, let decay) = rule, !isAmount(decay) {
        return "a weight decay is not negative: \(decay)"
      }
    case .sgd(let momentum, _):
      guard isFraction(momentum) else { return "a momentum is in 0 ..< 1, not \(momentum)" }
    }
    return nil
  }
}
