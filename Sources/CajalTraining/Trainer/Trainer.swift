import CajalAutodiff
public import CajalOptimizers
import CajalSupport
import CajalTensor

/// Trains a model on a data set in a run folder.
///
/// ```swift
/// let trainer = Trainer(
///   model: model, optimizer: .adam(.noam(warmupSteps: 12_000, hiddenSize: 128)),
///   run: "runs/first")
/// let history = try trainer.fit(data, steps: 15_000, resume: .ifPresent)
/// ```
///
/// The folder holds the configuration, the last checkpoints and the log. A run that was stopped,
/// even by `kill -9`, resumes from its last checkpoint bit-identically.
public struct Trainer<M: Model>: Sendable {
  /// The initial model.
  public var model: M
  /// The update rule of the groups that ``groups`` does not name.
  public var optimizer: Optimizer
  /// Settings of groups with their own optimizer or average, or that are frozen, by name.
  public var groups: [String: GroupTraining]
  /// The run folder.
  public var run: String
  /// The trainer options.
  public var options: TrainerOptions
  /// The name of the hyperparameter set, to be recorded.
  public var hyperparameterSet: String?
  /// The run that provided the initial weights; see ``initialize(from:)``.
  public internal(set) var initialWeights: InitialWeights?

  /// A trainer; nothing is written until `fit`.
  public init(
    model: M, optimizer: Optimizer, groups: [String: GroupTraining] = [:], run: String,
    options: TrainerOptions = TrainerOptions()
  ) {
    self.model = model
    self.optimizer = optimizer
    self.groups = groups
    self.run = run
    self.options = options
  }

  /// The options with every default filled in; the number of replicas and the size of micro-batches
  /// are those of the run that is resumed, if any.
  ///
  /// A GPU takes the whole batch at a time: it does one thing after the other, and the more a tensor
  /// has the faster.
  func resolvedOptions(resuming earlier: TrainerOptions?) throws -> TrainerOptions {
    var resolved = options
    let defaults = model.trainingDefaults
    resolved.batchSize = options.batchSize ?? defaults.batchSize
    let batchSize = resolved.batchSize ?? 1
    let gainsFromThreads = model.parameters.device.backend.gainsFromThreads
    resolved.microBatchSize =
      options.microBatchSize ?? earlier?.microBatchSize
      ?? (gainsFromThreads ? defaults.microBatchSize : batchSize)
    resolved.replicas =
      options.replicas ?? earlier?.replicas
      ?? (gainsFromThreads ? min(Threads.count, batchSize) : 1)
    resolved.weightAverageDecay = options.weightAverageDecay ?? defaults.weightAverageDecay
    try resolved.validate()
    return resolved
  }

  /// The training settings of each group, in the order of the layout.
  func groupTrainings(_ options: TrainerOptions) -> [GroupTraining] {
    model.layout.groups.map { group in
      groups[group.name]
        ?? GroupTraining(optimizer, averageDecay: options.weightAverageDecay ?? 0)
    }
  }
}
