import CajalSupport
import Foundation

/// The learning rate of each step: a product of factors.
///
/// ```swift
/// let schedule = 2e-3 * .linearWarmup(steps: 500) * .cosineDecay(steps: 20_000, floor: 0.01)
/// schedule(step: 0)  // 4e-6
/// ```
///
/// Steps count from 0: the first update uses `schedule(step: 0)`. Everything is computed in Double.
public struct Schedule: Sendable, Hashable {
  /// The factors; never empty.
  public let factors: [Factor]

  /// The product of valid `factors`; an empty product is the constant 1.
  public init(_ factors: [Factor]) {
    if let fault = factors.lazy.compactMap(\.fault).first { requirementFailure(fault) }
    self.factors = factors.isEmpty ? [.constant(value: 1)] : factors
  }

  /// The learning rate of an update; `step` is the number of updates before it.
  public func callAsFunction(step: Int) -> Double {
    factors.reduce(1) { $0 * $1(step: step) }
  }

  /// The product of two schedules.
  public static func * (left: Schedule, right: Schedule) -> Schedule {
    Schedule(left.factors + right.factors)
  }

  /// A schedule that is scaled by a number.
  public static func * (left: Double, right: Schedule) -> Schedule { .constant(left) * right }
}

extension Schedule {
  /// The same rate at every step.
  public static func constant(_ value: Double) -> Schedule { Schedule([.constant(value: value)]) }

  /// Rises from 1/`steps` at step 0 to 1 at step `steps` - 1 and stays there.
  public static func linearWarmup(steps: Int) -> Schedule {
    Schedule([.linearWarmup(steps: steps)])
  }

  /// 1 / √max(step + 1, `warmupSteps`), which tensor2tensor calls `rsqrt_decay`.
  public static func rsqrtDecay(warmupSteps: Int) -> Schedule {
    Schedule([.rsqrtDecay(warmupSteps: warmupSteps)])
  }

  /// tensor2tensor's "legacy" schedule with the scheme "noam" for its Adam optimizers: `5000 ·
  /// H^-0.5 · min((s+1) · W^-1.5, (s+1)^-0.5) · 0.002 · learningRate` with the warm-up steps W and
  /// the hidden size H ("Attention Is All You Need", 2017, with tensor2tensor's two constants).
  ///
  /// - Parameters:
  ///   - warmupSteps: W.
  ///   - hiddenSize: H.
  ///   - learningRate: tensor2tensor's hyperparameter of that name, a multiplier (0.2 in all sets
  ///     of the image transformer).
  public static func noam(warmupSteps: Int, hiddenSize: Int, learningRate: Double = 0.2) -> Schedule
  {
    Schedule([.noam(warmupSteps: warmupSteps, hiddenSize: hiddenSize, learningRate: learningRate)])
  }

  /// Half a cosine from 1 at step `start` to `floor` at step `steps`, 1 before and `floor` after it
  /// (Loshchilov and Hutter, "SGDR", 2017, without restarts).
  public static func cosineDecay(steps: Int, floor: Double = 0, start: Int = 0) -> Schedule {
    Schedule([.cosineDecay(steps: steps, floor: floor, start: start)])
  }

  /// `rate` raised to step / `steps`: multiplies by `rate` every so many steps, smoothly.
  public static func exponentialDecay(rate: Double, steps: Int) -> Schedule {
    Schedule([.exponentialDecay(rate: rate, steps: steps)])
  }
}

extension Schedule: Codable {
  private enum CodingKeys: String, CodingKey { case factors }

  /// Reads the factors.
  ///
  /// - Throws: `DecodingError` when one of them is invalid.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let factors = try container.decode([Factor].self, forKey: .factors)
    if let fault = factors.lazy.compactMap(\.fault).first {
      throw DecodingError.dataCorruptedError(
        forKey: .factors, in: container, debugDescription: fault)
    }
    self.init(factors)
  }

  /// Writes the factors.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(factors, forKey: .factors)
  }
}
