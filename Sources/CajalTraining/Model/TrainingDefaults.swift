/// Trainer options recommended by a model.
public struct TrainingDefaults: Sendable, Hashable {
  /// Examples in a batch.
  public var batchSize: Int
  /// Decay of the moving average of the weights; 0 keeps none.
  public var weightAverageDecay: Double

  /// Both recommendations.
  public init(batchSize: Int = 1, weightAverageDecay: Double = 0) {
    self.batchSize = batchSize
    self.weightAverageDecay = weightAverageDecay
  }
}
