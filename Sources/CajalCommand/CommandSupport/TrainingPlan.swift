import ArgumentParser
import Cajal
import CajalSupport
import Foundation

/// The plan of `cajal train`: its options, with the recorded values of a resumed run for omitted
/// ones.
struct TrainingPlan<M: ProblemModel> {
  let trainer: Trainer<M>
  let data: Dataset
  let steps: Int

  /// The plan, with the model's weights on the device that the command names.
  init(_ command: TrainCommand, reportingTo progress: ProgressLine) throws {
    if let folder = try command.begin.folderToResume(command.runFolder) {
      let recorded: PictureRunConfiguration<M> = try folder.configuration()
      let device = try command.device.open(
        resuming: recorded.devices.last?.precision ?? .float32)
      try self.init(command, resuming: recorded, on: device, progress)
    } else {
      try command.checkIsComplete()
      try self.init(starting: command, on: try command.device.open(), progress)
    }
  }

  /// A run that continues.
  private init(
    _ command: TrainCommand, resuming recorded: PictureRunConfiguration<M>, on device: Device,
    _ progress: ProgressLine
  ) throws {
    try command.checkFirstWeights(recorded.initialWeights)
    let earlier = M.hyperparameters(of: recorded.model)
    let hyperparameters = try command.hyperparameters(
      earlier, set: recorded.hyperparameterSet)
    let names = try command.check(hyperparameters, since: earlier)
    data = try command.problem.open(
      try command.dataFolder(resuming: recorded.data), resuming: recorded.data,
      run: command.runFolder, reportingTo: progress)
    try M.checkPictures(of: names, in: hyperparameters, fit: data.problem)
    let model = try M(
      hyperparameters, for: data.problem, seed: command.seed ?? recorded.options.seed, on: device)
    steps = command.steps ?? recorded.steps
    let own = model.hyperparameters
    // A program may have used optimizers that do not come from the hyperparameters.
    let isDerived =
      own != earlier
      || own.optimizer(steps: recorded.steps) == recorded.optimizer
        && own.groups(steps: recorded.steps) == recorded.groups
    trainer = Trainer(
      model: model, optimizer: isDerived ? own.optimizer(steps: steps) : recorded.optimizer,
      groups: isDerived ? own.groups(steps: steps) : recorded.groups, run: command.runFolder,
      options: command.options(from: recorded.options))
  }

  /// A new run.
  private init(
    starting command: TrainCommand, on device: Device, _ progress: ProgressLine
  ) throws {
    let options = command.options(from: TrainerOptions())
    let source = try command.begin.initializeFrom.map {
      try RunOptions(folder: $0).open(as: M.self, reportingTo: progress)
    }
    var set = command.hparams
    var hyperparameters: M.Hyperparameters
    if let source, set == nil {
      set = source.configuration.hyperparameterSet
      hyperparameters = source.model.hyperparameters
    } else {
      let name = set ?? M.setNames[0]
      set = name
      hyperparameters = try .named(name)
    }
    let original = hyperparameters
    try command.checkAdversarial(hyperparameters)
    try hyperparameters.apply(overrides: command.changes)
    let names = try command.check(hyperparameters, since: original)
    guard source != nil || !hyperparameters.needsInitialWeights else {
      throw ValidationError(
        "adversarial fine-tuning needs a trained model; name its run with --initialize-from RUN")
    }
    let knownSteps = command.steps ?? hyperparameters.defaultSteps
    guard knownSteps != nil || command.minutes != nil else {
      throw ValidationError(
        "say how many updates to make with --steps, or how long to train with --minutes")
    }
    data = try command.problem.open(
      DataFolder(path: command.data.path ?? "", skipBroken: command.data.skipBroken),
      reportingTo: progress)
    try M.checkPictures(of: names, in: hyperparameters, fit: data.problem)
    let model = try M(hyperparameters, for: data.problem, seed: options.seed, on: device)
    var trainer = Trainer(
      model: model, steps: knownSteps ?? TrainingTime.trialSteps, run: command.runFolder,
      options: options)
    trainer.hyperparameterSet = set
    if let source { try trainer.initialize(from: source) }
    if let minutes = command.minutes {
      steps = try Self.steps(for: trainer, data, minutes: minutes, progress)
      trainer.setOptimizers(steps: steps)
    } else {
      steps = knownSteps ?? 0
    }
    self.trainer = trainer
  }

  /// The number of updates that fit into a time.
  private static func steps(
    for trainer: Trainer<M>, _ data: Dataset, minutes: Double, _ progress: ProgressLine
  ) throws -> Int {
    // Evaluations and checkpoints take the rest.
    let steps = max(
      1,
      try TrainingTime.affordableSteps(
        trainer, data, seconds: 0.95 * 60 * minutes, reportingTo: progress))
    progress.say(
      "\(steps) steps fit into \(String(format: "%g", minutes)) minutes, by the pace of the first")
    return steps
  }

  /// A one-line summary of model and data.
  var introduction: String {
    let name = trainer.hyperparameterSet.map { "\($0): " } ?? ""
    let device = trainer.model.parameters.device
    let place = device == .cpu ? "" : " on \(device)"
    return """
      \(name)\(trainer.model.layout.parameterCount) parameters\(place); \
      \(data.trainingTiles.count) training tiles, \
      \(data.evaluationExamples.count) held-out examples
      """
  }
}

extension TrainCommand {
  /// `options` with what the command line says.
  fileprivate func options(from options: TrainerOptions) -> TrainerOptions {
    var options = options
    options.seed = seed ?? options.seed
    options.replicas = replicas ?? options.replicas
    options.microBatchSize = microBatch ?? options.microBatchSize
    options.evaluationInterval = evaluateEvery ?? options.evaluationInterval
    options.evaluationExamples = evaluationExamples ?? options.evaluationExamples
    options.checkpointInterval = checkpointEvery ?? options.checkpointInterval
    options.checkpointsKept = keep ?? options.checkpointsKept
    return options
  }

  /// Checks hyperparameters that the command line has changed, and returns the names of those.
  fileprivate func check<Hyperparameters: ModelHyperparameters>(
    _ hyperparameters: Hyperparameters, since original: Hyperparameters
  ) throws -> [String] {
    try hyperparameters.validate()
    let names = try Hyperparameters.names(in: changes)
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw ValidationError("--set \(names[twice]) is given twice; give it once")
    }
    try hyperparameters.checkEffect(of: names, since: original)
    let gain = "initializer_gain"
    if begin.initializeFrom != nil, names.contains(gain) {
      throw ValidationError("--set \(gain) has no effect on weights of another run")
    }
    return names
  }

  /// Checks that a run that continues began with the weights that the command line says.
  fileprivate func checkFirstWeights(_ recorded: InitialWeights?) throws {
    guard let source = begin.initializeFrom else { return }
    let earlier = recorded?.run
    guard earlier != URL(fileURLWithPath: source).standardizedFileURL.path else { return }
    throw TrainingError.configurationChanged(
      run: runFolder,
      difference: "the first weights are those of \(source), were "
        + (earlier.map { "those of \($0)" } ?? "drawn at random"))
  }

  /// The hyperparameters of a run that continues, changed as the command line says: the trainer
  /// then refuses what differs.
  fileprivate func hyperparameters<Hyperparameters: ModelHyperparameters>(
    _ recorded: Hyperparameters, set recordedSet: String?
  ) throws -> Hyperparameters {
    var hyperparameters = recorded
    if let hparams {
      let set = try Hyperparameters.named(hparams)
      if let earlier = recordedSet, earlier != hparams {
        throw TrainingError.configurationChanged(
          run: runFolder, difference: "the set of hyperparameters is \(hparams), was \(earlier)")
      }
      // Runs of earlier versions did not record their set, so all overrides are needed again.
      if recordedSet == nil { hyperparameters = set }
    }
    try hyperparameters.apply(overrides: changes)
    return hyperparameters
  }

  /// The data of a run that continues.
  fileprivate func dataFolder(resuming recorded: PictureDataRecord) throws -> DataFolder {
    if data.path == nil, !Files.exists(recorded.data) {
      throw FileError(
        path: recorded.data, attempt: "read",
        reason: "the data of \(runFolder) are not there any more; say with --data where they are")
    }
    let leftOut = recorded.dataFingerprint?.brokenRecords ?? 0
    return DataFolder(
      path: data.path ?? recorded.data, skipBroken: data.skipBroken || leftOut > 0)
  }
}

extension RunOptions {
  /// The option for a folder that another option names.
  fileprivate init(folder: String) {
    self.init()
    self.folder = folder
  }
}

extension ProblemChoice {
  /// The data of a run that continues; options that are not given are as it recorded them.
  fileprivate func open(
    _ data: DataFolder, resuming recorded: PictureDataRecord, run: String,
    reportingTo progress: ProgressLine
  ) throws -> Dataset {
    if let problem, problem != recorded.problem {
      throw TrainingError.configurationChanged(
        run: run, difference: "the problem is \(problem), was \(recorded.problem)")
    }
    let settings = recorded.problemOptions.merging(try OptionTexts.parse(options)) { $1 }
    return try data.open(
      for: ProblemRegistry.standard.problem(named: recorded.problem, options: settings),
      reportingTo: progress)
  }
}
