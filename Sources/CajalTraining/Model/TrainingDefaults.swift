/// Trainer options recommended by a model.
public struct TrainingDefaults: Sendable, Hashable {
  /// Examples in a batch.
  public var batchSize: Int
  /// Examples that one replica takes at a time; see ``TrainerOptions/microBatchSize``.
  public var microBatchSize: Int
  /// Decay of the moving average of the weights; 0 keeps none.
  public var weightAverageDecay: Double

  /// All recommendations.
  public init(batchSize: Int = 1, microBatchSize: Int = 1, weightAverageDecay: Double = 0) {
    self.batchSize = batchSize
    self.microBatchSize = microBatchSize
    self.weightAverageDecay = weightAverageDecay
  }
}
