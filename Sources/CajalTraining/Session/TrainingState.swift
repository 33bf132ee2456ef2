import CajalAutodiff
import CajalOptimizers
import CajalTensor
import Dispatch

/// The mutable state of a run: weights, moments, averages, and the losses and measures not logged yet.
struct TrainingState<M: Model> {
  var model: M
  /// The number of updates made.
  var step: Int
  /// One per group; `nil` for groups that are frozen.
  var optimizers: [OptimizerState?]
  /// One per group; `nil` for groups without an average.
  var averages: [WeightAverage?]
  /// The losses of the first objective since the last line of the log.
  var recent = LossSum()
  /// The measures since then, by name.
  var recentMeasures: [String: LossSum] = [:]

  /// The state of a checkpoint, or the one before the first step.
  init(
    _ trainer: Trainer<M>, _ options: TrainerOptions, _ checkpoint: CheckpointFile?,
    on device: Device
  ) throws {
    model = trainer.model
    let layout = model.layout
    let groups = Array(zip(layout.groups, trainer.groupTrainings(options)))
    guard let checkpoint else {
      step = 0
      optimizers = try groups.map { group, settings in
        try settings.optimizer.map { try OptimizerState($0, for: group, on: device) }
      }
      averages = zip(groups, trainer.model.parameters.buffers).map { group, buffer in
        group.1.averageDecay > 0 ? WeightAverage(of: buffer, decay: group.1.averageDecay) : nil
      }
      return
    }
    step = checkpoint.step
    model.parameters = try checkpoint.weights(for: layout, on: device)
    optimizers = try groups.map { group, settings in
      try settings.optimizer.map { try checkpoint.optimizerState($0, for: group, on: device) }
    }
    averages = try groups.map { group, settings in
      guard settings.averageDecay > 0 else { return nil }
      return try checkpoint.average(decay: settings.averageDecay, for: group, on: device)
    }
    recent = checkpoint.pendingLosses
    recentMeasures = checkpoint.pendingMeasures
  }

  /// The model with the averages of the weights, where they are kept.
  var averagedModel: M {
    var averaged = model
    for (index, average) in averages.enumerated() {
      if let average { averaged.parameters.buffers[index] = average.values }
    }
    return averaged
  }
}

extension TrainingSession {
  /// A copy-on-write snapshot for a later ``restore(_:)``, in this process or another. Shares
  /// memory with the session until the next step.
  public func snapshot() -> Checkpoint {
    Checkpoint(
      step: state.step, layout: state.model.layout, weights: state.model.parameters,
      optimizers: state.optimizers, averages: state.averages, seed: options.seed,
      examplesSeen: state.step * (options.batchSize ?? 1), pendingLosses: state.recent,
      pendingMeasures: state.recentMeasures)
  }

  /// Restores a snapshot of this run or of another run of the same model.
  ///
  /// The log is unchanged; a checkpoint of an earlier step replaces later ones when it is written.
  ///
  /// - Throws: ``TrainingError/unsuitableSnapshot(_:)`` when the model, its optimizers, its
  ///   averages or the seed differ.
  public func restore(_ snapshot: Checkpoint) throws {
    let facts: [(String, Bool)] = [
      ("parameters", snapshot.layout == state.model.layout),
      (
        "optimizers",
        snapshot.optimizers.map { $0?.optimizer } == state.optimizers.map { $0?.optimizer }
      ),
      ("averages", snapshot.averages.map { $0?.decay } == state.averages.map { $0?.decay }),
      ("seed", snapshot.seed == options.seed),
      (
        "batch size",
        snapshot.examplesSeen
          == snapshot.step.multipliedReportingOverflow(
            by: options.batchSize ?? 1
          ).partialValue
      ),
    ]
    if let (name, _) = facts.first(where: { !$0.1 }) {
      throw TrainingError.unsuitableSnapshot("its \(name) differ from those of the session")
    }
    let device = state.model.parameters.device
    state.model.parameters = snapshot.weights.copied(to: device)
    state.optimizers = snapshot.optimizers
    state.averages = snapshot.averages
    state.step = snapshot.step
    state.recent = snapshot.pendingLosses
    state.recentMeasures = snapshot.pendingMeasures
    firstStep = snapshot.step
    start = .now()
    feed = Self.feed(data, options, from: snapshot.step, to: steps)
  }
}
