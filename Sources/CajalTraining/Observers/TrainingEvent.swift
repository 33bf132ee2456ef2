import CajalSupport
import Foundation

/// An event of a run.
public enum TrainingEvent: Sendable {
  /// The run was resumed from a checkpoint.
  case resumed(step: Int, checkpoint: String)
  /// The run that was resumed is on another device or in another precision than before, by their
  /// descriptions: its bits depend on where it was stopped.
  case changedDevice(from: String, to: String)
  /// A checkpoint could not be used; the reason names it.
  case skippedCheckpoint(reason: String)
  /// A step was completed.
  case step(Step)
  /// The model was evaluated on held-out examples.
  case evaluated(Evaluation)
  /// A record for the log.
  case recorded(LogRecord)
  /// A checkpoint was written.
  case saved(step: Int, checkpoint: String)

  /// A completed step.
  public struct Step: Sendable {
    /// Updates made so far.
    public let step: Int
    /// The planned number of updates of the whole run, and the updates made before this process
    /// started.
    public let steps: Int, firstStep: Int
    /// The loss of the batch: of the first objective where the model has several.
    public let loss: Double
    /// The losses of the batch by objective, in the order of ``Model/objectives``.
    public let losses: [(name: String, loss: Double)]
    /// The measures of the batch that the model reports beside its losses, in its order.
    public let measures: [(name: String, value: Double)]
    /// The unit of the losses, such as `nats per sub-pixel`; may be empty.
    public let lossUnit: String
    /// The norm of the gradient before clipping: of the first group that is trained.
    public let gradientNorm: Double
    /// The learning rate of that group.
    public let learningRate: Double
    /// Examples per second, and seconds, since this process started.
    public let imagesPerSecond: Double, elapsed: Double

    /// Creates a step event.
    public init(
      step: Int, steps: Int, firstStep: Int, loss: Double, losses: [(name: String, loss: Double)],
      measures: [(name: String, value: Double)] = [], lossUnit: String, gradientNorm: Double,
      learningRate: Double, imagesPerSecond: Double, elapsed: Double
    ) {
      self.step = step
      self.steps = steps
      self.firstStep = firstStep
      self.loss = loss
      self.losses = losses
      self.measures = measures
      self.lossUnit = lossUnit
      self.gradientNorm = gradientNorm
      self.learningRate = learningRate
      self.imagesPerSecond = imagesPerSecond
      self.elapsed = elapsed
    }
  }

  /// An evaluation on held-out examples.
  public struct Evaluation: Sendable {
    /// Updates made so far.
    public let step: Int
    /// The mean loss: of the first objective where the model has several.
    public let loss: Double
    /// The unit of the loss; may be empty.
    public let lossUnit: String

    /// Creates an evaluation event.
    public init(step: Int, loss: Double, lossUnit: String) {
      self.step = step
      self.loss = loss
      self.lossUnit = lossUnit
    }
  }
}

extension TrainingEvent {
  /// The event as a line of text; `nil` for log records, and for steps that are not multiples of
  /// `interval`, except the last.
  public func line(every interval: Int = 1) -> String? {
    require(interval >= 1, "lines are at least one step apart, not \(interval)")
    switch self {
    case .resumed(let step, let checkpoint): return "resuming from step \(step), \(checkpoint)"
    case .changedDevice(let earlier, let device):
      return "continuing on \(device); the steps before were made on \(earlier)"
    case .skippedCheckpoint(let reason): return "skipped: \(reason)"
    case .recorded: return nil
    case .evaluated(let evaluation):
      return String(format: "step \(evaluation.step): held-out loss %.4f", evaluation.loss)
        + Self.suffix(evaluation.lossUnit)
    case .saved(let step, let checkpoint): return "step \(step): wrote \(checkpoint)"
    case .step(let step):
      guard step.step % interval == 0 || step.step == step.steps else { return nil }
      return String(format: "step \(step.step)/\(step.steps): loss %.4f", step.loss)
        + Self.suffix(step.lossUnit) + Self.text(of: step.measures)
        + String(format: ", %.1f images/s", step.imagesPerSecond)
    }
  }

  /// Measures in parentheses, such as ` (nats 1.6210, absolute error 3.4500)`.
  private static func text(of measures: [(name: String, value: Double)]) -> String {
    guard !measures.isEmpty else { return "" }
    let texts = measures.map { name, value in
      name.replacing("_", with: " ") + String(format: " %.4f", value)
    }
    return " (\(texts.joined(separator: ", ")))"
  }

  private static func suffix(_ unit: String) -> String { unit.isEmpty ? "" : " " + unit }
}
