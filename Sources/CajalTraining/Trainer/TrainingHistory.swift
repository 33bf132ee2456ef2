/// The result of a run.
public struct TrainingHistory<M: Model>: Sendable {
  /// The model with the trained weights: their moving average where one was kept.
  public let model: M
  /// Updates made.
  public let step: Int
  /// Whether the run was stopped before its last step.
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
