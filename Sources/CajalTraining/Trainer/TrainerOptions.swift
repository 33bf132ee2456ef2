/// Options of a training run; the defaults suit a small machine.
public struct TrainerOptions: Sendable, Hashable, Codable {
  /// Examples in a batch; `nil` takes the model's; see ``Model/trainingDefaults``.
  public var batchSize: Int?
  /// Examples that one replica takes at a time; `nil` takes the model's, on a GPU the whole batch,
  /// or those that the run that is resumed began with. Small ones keep activations in cache.
  public var microBatchSize: Int?
  /// Threads that share a batch; `nil` is one per core (on a GPU one), or for a run that is resumed as
  /// many as it began with, however many cores there are. Equal bits need equal numbers of replicas, as far as
  /// there are micro-batches for them.
  public var replicas: Int?
  /// The seed of the order of examples, crops and dropout.
  public var seed: UInt64 = 1
  /// Steps between two lines of the log. A line's loss is the mean since the line before, whether
  /// or not the run was stopped in between. There is always a line at the end, which is removed
  /// again if the run is made longer.
  public var logInterval = 10
  /// Steps between two evaluations; 0 for none.
  public var evaluationInterval = 500
  /// Held-out examples that an evaluation during training looks at.
  public var evaluationExamples = 64
  /// Steps between two checkpoints; there is always one at the end.
  public var checkpointInterval = 200
  /// Checkpoints that are kept.
  public var checkpointsKept = 3
  /// Decay of the moving average of the weights; `nil` takes the model's, 0 keeps none.
  public var weightAverageDecay: Double?

  /// The defaults.
  public init() {}
}

extension TrainerOptions {
  /// Reads options; those that are missing have their defaults.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ value: inout Value, _ key: CodingKeys) throws {
      value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    batchSize = try container.decodeIfPresent(Int.self, forKey: .batchSize)
    microBatchSize = try container.decodeIfPresent(Int.self, forKey: .microBatchSize)
    replicas = try container.decodeIfPresent(Int.self, forKey: .replicas)
    weightAverageDecay = try container.decodeIfPresent(Double.self, forKey: .weightAverageDecay)
    try read(&seed, .seed)
    try read(&logInterval, .logInterval)
    try read(&evaluationInterval, .evaluationInterval)
    try read(&evaluationExamples, .evaluationExamples)
    try read(&checkpointInterval, .checkpointInterval)
    try read(&checkpointsKept, .checkpointsKept)
  }
}

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
