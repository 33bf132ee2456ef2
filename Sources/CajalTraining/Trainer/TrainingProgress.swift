/// What a training tells while it runs.
public enum TrainingProgress: Sendable {
  /// It goes on from a checkpoint.
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
    /// Updates that make the whole training, and those made before this process began.
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

/// What came of a training.
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
