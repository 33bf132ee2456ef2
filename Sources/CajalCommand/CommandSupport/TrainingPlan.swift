import ArgumentParser
import Cajal
import CajalSupport
import Foundation

/// The plan of `cajal train`: its options, with the recorded values of a resumed run for omitted
/// ones.
struct TrainingPlan {
  let trainer: Trainer<Img2ImgTransformer>
  let data: Dataset
  let steps: Int

  init(_ command: TrainCommand, reportingTo progress: ProgressLine) throws {
    if let recorded = try command.begin.recorded(in: command.runFolder) {
      try self.init(command, resuming: recorded, progress)
    } else {
      try command.checkIsComplete()
      try self.init(starting: command, progress)
    }
  }

  /// A run that continues.
  private init(
    _ command: TrainCommand, resuming recorded: PictureRunConfiguration, _ progress: ProgressLine
  ) throws {
    try command.checkFirstWeights(recorded)
    let hyperparameters = try command.hyperparameters(resuming: recorded)
    let names = try command.check(hyperparameters, since: recorded.model.hyperparameters)
    data = try command.problem.open(
      try command.dataFolder(resuming: recorded), resuming: recorded, run: command.runFolder,
      reportingTo: progress)
    try hyperparameters.checkPictures(of: names, fit: data.problem)
    let model = try Img2ImgTransformer(
      hyperparameters, for: data.problem, seed: command.seed ?? recorded.options.seed)
    steps = command.steps ?? recorded.steps
    // A program may have used an optimizer that does not come from the hyperparameters.
    let isDerived =
      model.hyperparameters != recorded.model.hyperparameters
      || model.hyperparameters.optimizer(steps: recorded.steps) == recorded.optimizer
    trainer = Trainer(
      model: model,
      optimizer: isDerived
        ? model.hyperparameters.optimizer(steps: steps) : recorded.optimizer,
      run: command.runFolder, options: command.options(from: recorded.options))
  }

  /// A new run.
  private init(starting command: TrainCommand, _ progress: ProgressLine) throws {
    let options = command.options(from: TrainerOptions())
    let source = try command.begin.initializeFrom.map {
      try RunOptions(folder: $0).open(reportingTo: progress)
    }
    var set = command.hparams
    var hyperparameters: Img2ImgHyperparameters
    if let source, set == nil {
      set = source.trained.configuration.hyperparameterSet
      hyperparameters = source.trained.configuration.model.hyperparameters
    } else {
      set = set ?? "cajal2d_tiny"
      hyperparameters = try .named(set ?? "")
    }
    let original = hyperparameters
    try hyperparameters.apply(overrides: command.overrides)
    let names = try command.check(hyperparameters, since: original)
    data = try command.problem.open(
      DataFolder(path: command.data.path ?? "", skipBroken: command.data.skipBroken),
      reportingTo: progress)
    try hyperparameters.checkPictures(of: names, fit: data.problem)
    steps = command.steps ?? 0
    let model = try Img2ImgTransformer(hyperparameters, for: data.problem, seed: options.seed)
    var trainer = Trainer(
      model: model, optimizer: model.hyperparameters.optimizer(steps: steps),
      run: command.runFolder, options: options)
    trainer.hyperparameterSet = set
    if let source { try trainer.initialize(from: source.trained) }
    self.trainer = trainer
  }

  /// A one-line summary of model and data.
  var introduction: String {
    let name = trainer.hyperparameterSet.map { "\($0): " } ?? ""
    return """
      \(name)\(trainer.model.layout.parameterCount) parameters; \
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
  fileprivate func check(
    _ hyperparameters: Img2ImgHyperparameters, since original: Img2ImgHyperparameters
  ) throws -> [String] {
    try hyperparameters.validate()
    let names = try Img2ImgHyperparameters.names(in: overrides)
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
  fileprivate func checkFirstWeights(_ recorded: PictureRunConfiguration) throws {
    guard let source = begin.initializeFrom else { return }
    let earlier = recorded.initialWeights?.run
    guard earlier != URL(fileURLWithPath: source).standardizedFileURL.path else { return }
    throw TrainingError.configurationChanged(
      run: runFolder,
      difference: "the first weights are those of \(source), were "
        + (earlier.map { "those of \($0)" } ?? "drawn at random"))
  }

  /// The hyperparameters of a run that continues, changed as the command line says: the trainer
  /// then refuses what differs.
  fileprivate func hyperparameters(
    resuming recorded: PictureRunConfiguration
  ) throws -> Img2ImgHyperparameters {
    var hyperparameters = recorded.model.hyperparameters
    if let hparams {
      let set = try Img2ImgHyperparameters.named(hparams)
      if let earlier = recorded.hyperparameterSet, earlier != hparams {
        throw TrainingError.configurationChanged(
          run: runFolder, difference: "the set of hyperparameters is \(hparams), was \(earlier)")
      }
      // Runs of earlier versions did not record their set, so all overrides are needed again.
      if recorded.hyperparameterSet == nil { hyperparameters = set }
    }
    try hyperparameters.apply(overrides: overrides)
    return hyperparameters
  }

  /// The data of a run that continues.
  fileprivate func dataFolder(resuming recorded: PictureRunConfiguration) throws -> DataFolder {
    if data.path == nil, !Files.exists(recorded.data.data) {
      throw FileError(
        path: recorded.data.data, attempt: "read",
        reason: "the data of \(runFolder) are not there any more; say with --data where they are")
    }
    let leftOut = recorded.data.dataFingerprint?.brokenRecords ?? 0
    return DataFolder(
      path: data.path ?? recorded.data.data, skipBroken: data.skipBroken || leftOut > 0)
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
    _ data: DataFolder, resuming recorded: PictureRunConfiguration, run: String,
    reportingTo progress: ProgressLine
  ) throws -> Dataset {
    if let problem, problem != recorded.data.problem {
      throw TrainingError.configurationChanged(
        run: run, difference: "the problem is \(problem), was \(recorded.data.problem)")
    }
    let settings = recorded.data.problemOptions.merging(try OptionTexts.parse(options)) { $1 }
    return try data.open(
      for: ProblemRegistry.standard.problem(named: recorded.data.problem, options: settings),
      reportingTo: progress)
  }
}
