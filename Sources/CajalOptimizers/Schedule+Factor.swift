import Foundation

extension Schedule {
  /// One factor of a ``Schedule``; see its functions of the same names.
  public enum Factor: Sendable, Hashable, Codable {
    /// The same at every step.
    case constant(value: Double)
    /// min((s+1) / steps, 1)
    case linearWarmup(steps: Int)
    /// 1 / √max(s+1, warmupSteps)
    case rsqrtDecay(warmupSteps: Int)
    /// tensor2tensor's legacy schedule for Adam.
    case noam(warmupSteps: Int, hiddenSize: Int, learningRate: Double)
    /// floor + (1 - floor) · (1 + cos πx) / 2 with x from 0 at `start` to 1 at `steps`.
    case cosineDecay(steps: Int, floor: Double, start: Int)
    /// rate^(s / steps)
    case exponentialDecay(rate: Double, steps: Int)

    /// The factor of an update; `step` is the number of updates before it.
    public func callAsFunction(step: Int) -> Double {
      let next = Double(step) + 1
      switch self {
      case .constant(let value):
        return value
      case .linearWarmup(let steps):
        return min(next / Double(steps), 1)
      case .rsqrtDecay(let warmupSteps):
        return 1 / max(next, Double(warmupSteps)).squareRoot()
      case .noam(let warmupSteps, let hiddenSize, let learningRate):
        let rise = next * pow(Double(warmupSteps), -1.5)
        let fall = 1 / next.squareRoot()
        return 5000 / Double(hiddenSize).squareRoot() * min(rise, fall) * 0.002 * learningRate
      case .cosineDecay(let steps, let floor, let start):
        let progress = min(max(Double(step - start) / Double(steps - start), 0), 1)
        return floor + (1 - floor) * (1 + cos(.pi * progress)) / 2
      case .exponentialDecay(let rate, let steps):
        return pow(rate, Double(step) / Double(steps))
      }
    }

    /// The reason why the factor is invalid, or `nil`.
    var fault: String? {
      switch self {
      case .constant(let value):
        value.isFinite && value >= 0
          ? nil : "a learning rate is a finite number that is not negative, not \(value)"
      case .linearWarmup(let steps):
        steps > 0 ? nil : "a warm-up has at least one step, not \(steps)"
      case .rsqrtDecay(let warmupSteps):
        warmupSteps > 0 ? nil : "a warm-up has at least one step, not \(warmupSteps)"
      case .noam(let warmupSteps, let hiddenSize, let learningRate):
        warmupSteps > 0 && hiddenSize > 0 && learningRate.isFinite && learningRate >= 0
          ? nil
          : "noam needs warm-up steps (\(warmupSteps)) and a hidden size (\(hiddenSize)) above 0 "
            + "and a learning rate (\(learningRate)) that is not negative"
      case .cosineDecay(let steps, let floor, let start):
        start >= 0 && steps > start && floor >= 0 && floor <= 1
          ? nil
          : "a cosine decay runs from step \(start) to a later step than \(steps), "
            + "to a floor in 0...1, not \(floor)"
      case .exponentialDecay(let rate, let steps):
        rate > 0 && rate.isFinite && steps > 0
          ? nil : "an exponential decay has a rate (\(rate)) and steps (\(steps)) above 0"
      }
    }
  }
}
