/// The result of replaying a case.
public struct CaseResult: Sendable {
  /// The case's name.
  public let name: String
  /// The outcome.
  public let outcome: Outcome
  /// The comparisons.
  public var checks: [Check]

  /// The outcome of a replay.
  public enum Outcome: String, Sendable {
    /// Every check is within its tolerance.
    case passed
    /// At least one is not, or the case could not be read.
    case failed
    /// The model lacks something that the case needs.
    case unsupported
  }

  /// One comparison with the original.
  public struct Check: Sendable {
    /// The compared quantity, such as `logits` or `gradient body/…/kernel`.
    public let quantity: String
    /// The norm of the difference over the norm of the original, or the share of unequal pixels.
    public let error: Double
    /// The largest error that passes.
    public let tolerance: Double

    /// Whether the error is within the tolerance; an error that is not a number is not.
    public var passes: Bool { error <= tolerance }
  }

  /// The reason, if the case is unsupported or could not be replayed.
  public let reason: String?

  init(_ name: String, checks: [Check]) {
    self.name = name
    self.checks = checks
    outcome = checks.allSatisfy(\.passes) ? .passed : .failed
    reason = nil
  }

  init(_ name: String, _ outcome: Outcome, reason: String) {
    self.name = name
    self.outcome = outcome
    self.reason = reason
    checks = []
  }

  /// The check of a kind (the first word of its quantity) with the largest error in terms of its
  /// tolerance.
  public func worst(_ kind: String) -> Check? {
    checks.filter { $0.quantity.split(separator: " ").first.map(String.init) == kind }
      .max { $0.error / $0.tolerance < $1.error / $1.tolerance || $1.error.isNaN }
  }
}
