extension TrainerOptions {
  /// The maximum number of updates of a run.
  public static let maximumSteps = 1_000_000_000
  /// The maximum number of pictures in a batch or a micro-batch.
  public static let maximumBatchSize = 65_536
  /// The maximum number of replicas; each has a buffer for all gradients.
  public static let maximumReplicas = 1024

  /// Checks every number that is given.
  ///
  /// - Throws: ``TrainingError/invalidOption(_:)`` that names the first that is out of its range.
  func validate() throws(TrainingError) {
    let counts: [(String, Int?, ClosedRange<Int>)] = [
      ("batch size", batchSize, 1...Self.maximumBatchSize),
      ("micro-batch size", microBatchSize, 1...Self.maximumBatchSize),
      ("number of replicas", replicas, 1...Self.maximumReplicas),
      ("log interval", logInterval, 1...Int.max),
      ("evaluation interval", evaluationInterval, 0...Int.max),
      ("number of evaluation examples", evaluationExamples, 0...Int.max),
      ("checkpoint interval", checkpointInterval, 1...Int.max),
      ("number of checkpoints kept", checkpointsKept, 1...Int.max),
    ]
    for case (let name, let count?, let range) in counts where !range.contains(count) {
      throw .invalidOption(
        count < range.lowerBound
          ? "the \(name) is at least \(range.lowerBound), not \(count)"
          : "the \(name) is at most \(range.upperBound), not \(count)")
    }
    if let decay = weightAverageDecay, !(decay >= 0 && decay < 1) {
      throw .invalidOption(
        "the decay of the average of the weights is at least 0 and less than 1, not \(decay)")
    }
  }

  /// Checks the length of a run.
  static func validate(steps: Int) throws(TrainingError) {
    guard (0...maximumSteps).contains(steps) else {
      throw .invalidOption("a run has 0 to \(maximumSteps) steps, not \(steps)")
    }
  }
}
