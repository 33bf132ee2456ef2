import CajalAutodiff
import CajalSupport
import CajalOptimizers

/// The validated start of a run: its configuration, and the checkpoint to resume from.
struct RunStart<M: Model, Data: DataRecord> {
  let configuration: RunConfiguration<M.Configuration, Data>
  let checkpoint: CheckpointFile?
  /// What computed the last step, where that was something else; a line for the user.
  let earlierDevice: RunDevice?

  init(
    _ trainer: Trainer<M>, _ data: Data, _ steps: Int, _ resume: Resumption, _ folder: RunFolder,
    _ observers: [any TrainingObserver]
  ) throws {
    let hasCheckpoints = try !folder.checkpointSteps().isEmpty
    guard resume != .never || !hasCheckpoints else { throw TrainingError.runExists(trainer.run) }
    var skipped: [String] = []
    checkpoint = try folder.latestCheckpoint { skipped.append($0) }
    for reason in skipped {
      for observer in observers { try observer.observe(.skippedCheckpoint(reason: reason)) }
    }
    // Restarting at step 0 would destroy checkpoints that might still be recovered.
    guard checkpoint != nil || !hasCheckpoints else {
      throw TrainingError.noCheckpoint(run: trainer.run)
    }
    let continues = checkpoint != nil || resume == .required
    let earlier =
      continues
      ? try folder.configuration(as: RunConfiguration<M.Configuration, Data>.self) : nil
    // Random weights would be mistaken for those of the other run.
    guard checkpoint != nil || earlier?.initialWeights == nil || trainer.initialWeights != nil
    else { throw TrainingError.noCheckpoint(run: trainer.run) }
    let options = try trainer.resolvedOptions(resuming: earlier?.options)
    var configuration = RunConfiguration(
      version: currentConfigurationVersion, kind: M.kind, model: trainer.model.configuration,
      hyperparameterSet: trainer.hyperparameterSet, optimizer: trainer.optimizer,
      groups: trainer.groups, data: data, initialWeights: trainer.initialWeights, steps: steps,
      options: options, devices: [])
    let (step, device) = (checkpoint?.step ?? 0, trainer.model.parameters.device)
    configuration.devices = (earlier?.devices ?? []).continued(on: device, from: step)
    let last = earlier?.devices.last { $0.firstStep < step }
    earlierDevice = last == configuration.devices.last ? nil : last
    if let earlier {
      try configuration.checkContinues(
        earlier, run: trainer.run, madeSteps: step)
      configuration.hyperparameterSet = trainer.hyperparameterSet ?? earlier.hyperparameterSet
      configuration.initialWeights = earlier.initialWeights
    }
    try checkpoint?.checkBelongs(
      to: options,
      hasAverage: trainer.groupTrainings(options).contains { $0.averageDecay > 0 })
    self.configuration = configuration
  }
}

extension CheckpointFile {
  /// Checks that a run with these options can have written the checkpoint, which may have been
  /// copied from another.
  ///
  /// - Throws: An error that names the file.
  fileprivate func checkBelongs(to options: TrainerOptions, hasAverage: Bool) throws {
    let (examples, isTooMany) = step.multipliedReportingOverflow(by: options.batchSize ?? 1)
    let facts = [
      ("seed \(seed)", seed == options.seed, "\(options.seed)"),
      ("\(examplesSeen) examples seen", !isTooMany && examplesSeen == examples, "\(examples)"),
      (
        averageUpdates == nil ? "no average of weights" : "an average of weights",
        (averageUpdates != nil) == hasAverage, averageUpdates == nil ? "one" : "none"
      ),
    ]
    for (fact, isRight, expected) in facts where !isRight {
      throw FileError(
        path: path, attempt: "use checkpoint",
        reason: "it has \(fact) where the run has \(expected); it was written by another run")
    }
  }
}

extension Trainer {
  /// Checks the options that do not depend on data or run folder.
  func check(steps: Int) throws {
    try model.validate()
    try TrainerOptions.validate(steps: steps)
    try resolvedOptions(resuming: nil).validate()
    let names = model.layout.groups.map(\.name)
    if let unknown = groups.keys.sorted().first(where: { !names.contains($0) }) {
      throw TrainingError.invalidOption(
        "the model has no group of parameters '\(unknown)'; it has \(names.joined(separator: ", "))"
      )
    }
    for objective in model.objectives {
      let unknown = objective.groups?.sorted().first { !names.contains($0) }
      require(
        unknown == nil,
        "objective \(objective.name) trains a group \(unknown ?? "") that is not there")
    }
  }
}
