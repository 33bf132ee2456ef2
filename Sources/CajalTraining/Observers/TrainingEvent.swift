import CajalFiles
import Foundation

/// What happens in a run.
public enum TrainingEvent: Sendable {
  /// It continues from a checkpoint.
  case resumed(step: Int, checkpoint: String)
  /// A checkpoint could not be used; the reason names it.
  case skippedCheckpoint(reason: String)
  /// An update was made.
  case step(Step)
  /// Held-out examples were looked at.
  case evaluated(Evaluation)
  /// Something was measured that belongs into a log.
  case recorded(LogRecord)
  /// A checkpoint was written.
  case saved(step: Int, checkpoint: String)

  /// An update.
  public struct Step: Sendable {
    /// Updates made so far.
    public let step: Int
    /// Updates that make the whole run, and those made before this process began.
    public let steps: Int, firstStep: Int
    /// The loss of the batch: of the first objective where the model has several.
    public let loss: Double
    /// The losses of the batch by objective, in the order of ``Model/objectives``.
    public let losses: [(name: String, loss: Double)]
    /// The unit of the losses, such as `nats per sub-pixel`; may be empty.
    public let lossUnit: String
    /// The norm of the gradient before clipping: of the first group that is trained.
    public let gradientNorm: Double
    /// The learning rate of that group.
    public let learningRate: Double
    /// Examples per second since this process began, and the seconds.
    public let imagesPerSecond: Double, elapsed: Double

    /// An update from its parts.
    public init(
      step: Int, steps: Int, firstStep: Int, loss: Double, losses: [(name: String, loss: Double)],
      lossUnit: String, gradientNorm: Double, learningRate: Double, imagesPerSecond: Double,
      elapsed: Double
    ) {
      self.step = step
      self.steps = steps
      self.firstStep = firstStep
      self.loss = loss
      self.losses = losses
      self.lossUnit = lossUnit
      self.gradientNorm = gradientNorm
      self.learningRate = learningRate
      self.imagesPerSecond = imagesPerSecond
      self.elapsed = elapsed
    }
  }

  /// A look at held-out examples.
  public struct Evaluation: Sendable {
    /// Updates made so far.
    public let step: Int
    /// The mean loss: of the first objective where the model has several.
    public let loss: Double
    /// The unit of the loss; may be empty.
    public let lossUnit: String

    /// An evaluation from its parts.
    public init(step: Int, loss: Double, lossUnit: String) {
      self.step = step
      self.loss = loss
      self.lossUnit = lossUnit
    }
  }
}

extension TrainingEvent {
  /// The event as a line of text; `nil` for records of a log, and for steps that are no multiple of
  /// `interval`, except the last.
  public func line(every interval: Int = 1) -> String? {
    require(interval >= 1, "lines are at least one step apart, not \(interval)")
    switch self {
    case .resumed(let step, let checkpoint): return "going on from step \(step), \(checkpoint)"
    case .skippedCheckpoint(let reason): return "skipped: \(reason)"
    case .recorded: return nil
    case .evaluated(let evaluation):
      return String(format: "step \(evaluation.step): held-out loss %.4f", evaluation.loss)
        + Self.suffix(evaluation.lossUnit)
    case .saved(let step, let checkpoint): return "step \(step): wrote \(checkpoint)"
    case .step(let step):
      guard step.step % interval == 0 || step.step == step.steps else { return nil }
      return String(format: "step \(step.step)/\(step.steps): loss %.4f", step.loss)
        + Self.suffix(step.lossUnit) + String(format: ", %.1f images/s", step.imagesPerSecond)
    }
  }

  private static func suffix(_ unit: String) -> String { unit.isEmpty ? "" : " " + unit }
}
