import Foundation

/// What happens in a run.
public enum TrainingProgress: Sendable {
  /// It continues from a checkpoint.
  case resumed(step: Int, checkpoint: String)
  /// A checkpoint could not be used; the reason names it.
  case skippedCheckpoint(reason: String)
  /// An update was made.
  case step(Step)
  /// Held-out examples were looked at.
  case evaluated(step: Int, loss: Double)
  /// A checkpoint was written.
  case saved(step: Int, checkpoint: String)

  /// An update.
  public struct Step: Sendable {
    /// Updates made so far.
    public let step: Int
    /// Updates that make the whole run, and those made before this process began.
    public let steps: Int, firstStep: Int
    /// The loss of the batch in nats per sub-pixel.
    public let loss: Double
    /// The norm of the gradient before clipping.
    public let gradientNorm: Double
    /// The learning rate.
    public let learningRate: Double
    /// Pictures a second since this process began, and the seconds.
    public let imagesPerSecond: Double, elapsed: Double
  }
}

extension TrainingProgress {
  /// The event as a line of text; `nil` for steps that are no multiple of `interval`, but for the
  /// last.
  ///
  /// ```swift
  /// try trainer.fit(data, steps: 2_000) { event in
  ///   if let line = event.line(every: 100) { print(line) }
  /// }
  /// ```
  public func line(every interval: Int = 1) -> String? {
    precondition(interval >= 1, "lines are at least one step apart, not \(interval)")
    switch self {
    case .resumed(let step, let checkpoint): return "going on from step \(step), \(checkpoint)"
    case .skippedCheckpoint(let reason): return "skipped: \(reason)"
    case .evaluated(let step, let loss):
      return String(format: "step \(step): held-out loss %.4f nats per sub-pixel", loss)
    case .saved(let step, let checkpoint): return "step \(step): wrote \(checkpoint)"
    case .step(let step):
      guard step.step % interval == 0 || step.step == step.steps else { return nil }
      return String(
        format: "step \(step.step)/\(step.steps): loss %.4f nats per sub-pixel, %.1f images/s",
        step.loss, step.imagesPerSecond)
    }
  }
}

/// The result of a run.
public struct TrainingHistory<Model: TrainableModel>: Sendable {
  /// The model with the trained weights: their moving average where one was kept.
  public let model: Model
  /// Updates made.
  public let step: Int
  /// Whether it was stopped before its last step.
  public let wasStopped: Bool
  /// The log, earlier parts of a resumed run included.
  public let records: [LogRecord]

  /// The losses of the log by step: of batches (`train`) or of held-out examples (`evaluation`).
  public func losses(_ kind: String = "train") -> [(step: Int, loss: Double)] {
    records.filter { $0.kind == kind }.compactMap { record in
      record["loss"].map { (record.step, $0) }
    }
  }
}
