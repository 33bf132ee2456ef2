import CajalFiles
import CajalLayers
import CajalOptimizers
import CajalProblems
import CajalTensor
import Foundation

/// The state of a run between two steps.
struct TrainingSession<Model: TrainableModel> {
  let data: Dataset
  let steps: Int
  let options: TrainerOptions
  let folder: RunFolder
  let log: TrainingLog
  let firstStep: Int
  let pool: ReplicaPool<Model>
  let feed: ExampleFeed
  /// Whether the first weights can be had from nowhere but a checkpoint.
  let savesFirstWeights: Bool
  var model: Model
  var state: OptimizerState
  var average: WeightAverage?
  var lastCheckpoint: String?
  /// The losses since the last line of the log.
  var recent = LossSum()
  private let lock: RunLock

  init(
    _ trainer: Trainer<Model>, _ data: Dataset, steps: Int, resume: Resumption,
    _ progress: (TrainingProgress) -> Void
  ) throws {
    try trainer.check(data, steps: steps)
    if resume == .required { try RunFolder.checkHoldsRun(trainer.run) }
    self.data = data
    self.steps = steps
    model = trainer.model
    folder = try RunFolder(creating: trainer.run)
    lock = try folder.lock()
    let hasCheckpoints = try !folder.checkpointSteps().isEmpty
    guard resume != .never || !hasCheckpoints else { throw TrainingError.runExists(trainer.run) }
    let checkpoint = try folder.latestCheckpoint { progress(.skippedCheckpoint(reason: $0)) }
    // Beginning again at step 0 would throw away what may still be saved of them.
    guard checkpoint != nil || !hasCheckpoints else {
      throw TrainingError.noCheckpoint(run: trainer.run)
    }
    let continues = checkpoint != nil || resume == .required
    let earlier = continues ? try folder.configuration(as: RunConfiguration.self) : nil
    // Weights drawn now would pass for those of the other run.
    guard checkpoint != nil || earlier?.initialWeights == nil || trainer.initialWeights != nil
    else { throw TrainingError.noCheckpoint(run: trainer.run) }
    options = try trainer.resolvedOptions(resuming: earlier)
    let configuration = try trainer.configuration(
      data, steps: steps, options: options, resuming: earlier, madeSteps: checkpoint?.step ?? 0)
    try checkpoint?.checkBelongs(to: options)
    savesFirstWeights = checkpoint == nil && configuration.initialWeights != nil

    let device = model.parameters.device
    let layout = FlatLayout(model.layout)
    if let checkpoint {
      model.parameters = try checkpoint.weights(for: layout, on: device)
      state = try checkpoint.optimizerState(trainer.optimizer, for: layout, on: device)
      average = try checkpoint.average(
        decay: options.weightAverageDecay ?? 0, for: layout, on: device)
      recent = checkpoint.pendingLosses
      lastCheckpoint = checkpoint.path
      progress(.resumed(step: checkpoint.step, checkpoint: checkpoint.path))
    } else {
      state = OptimizerState(trainer.optimizer, layout: layout, on: device)
      if let decay = options.weightAverageDecay, decay > 0 {
        average = WeightAverage(of: model.parameters, decay: decay)
      }
    }
    try folder.write(configuration: configuration)
    firstStep = state.step
    // What the end of the run added, which is now in its middle.
    let isExtraLine = { [firstStep, options] (record: LogRecord) in
      let interval = record.kind == "train" ? options.logInterval : options.evaluationInterval
      return record.step == firstStep && firstStep < steps && interval > 0
        && firstStep % interval != 0
    }
    log = try TrainingLog(
      path: folder.logPath, keepingThrough: checkpoint == nil ? -1 : firstStep,
      except: isExtraLine)
    pool = ReplicaPool(
      count: options.usedReplicas, parameterCount: model.layout.bufferCount, on: device)
    feed = Self.feed(data, options, firstStep: firstStep, steps: steps)
  }

  /// The examples of the steps that are left.
  private static func feed(
    _ data: Dataset, _ options: TrainerOptions, firstStep: Int, steps: Int
  ) -> ExampleFeed {
    let batchSize = options.batchSize ?? 1
    let (end, isTooMany) = max(steps, firstStep).multipliedReportingOverflow(by: batchSize)
    return ExampleFeed(
      data, seed: options.seed, numbers: (firstStep * batchSize)..<(isTooMany ? .max : end),
      batchSize: batchSize)
  }
}

extension CheckpointFile {
  /// Checks that a run with these options can have written the checkpoint, which may have been
  /// copied from another.
  ///
  /// - Throws: An error that names the file.
  fileprivate func checkBelongs(to options: TrainerOptions) throws {
    let (examples, isTooMany) = step.multipliedReportingOverflow(by: options.batchSize ?? 1)
    let facts = [
      ("seed \(seed)", seed == options.seed, "\(options.seed)"),
      ("\(examplesSeen) examples seen", !isTooMany && examplesSeen == examples, "\(examples)"),
      (
        averageUpdates == nil ? "no average of weights" : "an average of weights",
        (averageUpdates != nil) == (options.weightAverageDecay ?? 0 > 0),
        averageUpdates == nil ? "one" : "none"
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
  /// Checks what does not depend on the run folder.
  fileprivate func check(_ data: Dataset, steps: Int) throws {
    guard !data.trainingTiles.isEmpty else {
      throw TrainingError.unsuitableData("\(data.directory) has no training tiles")
    }
    try model.settings.checkNormalization()
    guard model.settings.normalization == data.problem.normalization else {
      throw TrainingError.unsuitableData(
        "the model does not work with the normalization of \(data.directory); make it for the "
          + "problem of the data set")
    }
    try TrainerOptions.validate(steps: steps)
    try resolvedOptions(resuming: nil).validate()
  }

  /// What is recorded of the run, which continues `earlier` if that is given.
  fileprivate func configuration(
    _ data: Dataset, steps: Int, options: TrainerOptions, resuming earlier: RunConfiguration?,
    madeSteps: Int
  ) throws -> RunConfiguration {
    var configuration = RunConfiguration(
      model: model.settings, hyperparameterSet: hyperparameterSet, optimizer: optimizer,
      problem: data.problem.name, problemOptions: data.problem.options,
      data: URL(fileURLWithPath: data.directory).standardizedFileURL.path,
      whiteLevel: data.summary.request.whiteLevel, dataFingerprint: data.fingerprint,
      initialWeights: initialWeights, steps: steps, options: options)
    guard let earlier else { return configuration }
    try configuration.checkContinues(earlier, run: run, madeSteps: madeSteps)
    configuration.hyperparameterSet = hyperparameterSet ?? earlier.hyperparameterSet
    configuration.initialWeights = earlier.initialWeights
    return configuration
  }
}
