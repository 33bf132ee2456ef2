public import CajalProblems
import CajalLayers
import CajalOptimizers
import CajalTensor
import Foundation

extension Trainer {
  /// Trains until `steps` updates have been made.
  ///
  /// - Parameters:
  ///   - data: Examples to train on, and held-out ones to evaluate on.
  ///   - steps: The length of the whole training, what was done before a resume included.
  ///   - resume: Go on from the newest good checkpoint of the run folder, if there is one. Without it a
  ///     folder that holds a training is an error.
  ///   - stop: Asked after each step; when it wants a stop, a checkpoint is written and `fit` returns.
  ///   - progress: Called on the calling thread with what happens.
  /// - Returns: The trained model and the log.
  /// - Throws: ``TrainingError``, or an error that names the file that could not be read or written.
  public func fit(
    _ data: Dataset, steps: Int, resume: Bool = false, stop: StopSignal? = nil,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingHistory<Model> {
    var session = try TrainingSession(self, data, steps: steps, resume: resume, progress)
    return try session.run(stop: stop, progress)
  }
}

/// The state of a training between two steps.
private struct TrainingSession<Model: TrainableModel> {
  private let data: Dataset
  private let steps: Int
  private let options: TrainerOptions
  private let folder: RunFolder
  private let lock: RunLock
  private let log: TrainingLog
  private let firstStep: Int
  private let pool: ReplicaPool<Model>
  private let feed: ExampleFeed
  private var model: Model
  private var state: OptimizerState
  private var average: WeightAverage?
  private var lastCheckpoint: String?

  init(
    _ trainer: Trainer<Model>, _ data: Dataset, steps: Int, resume: Bool,
    _ progress: (TrainingProgress) -> Void
  ) throws {
    options = try trainer.resolvedOptions
    guard !data.trainingTiles.isEmpty else {
      throw TrainingError.unsuitableData("\(data.directory) has no training tiles")
    }
    guard trainer.model.settings.normalization == data.problem.normalization else {
      throw TrainingError.unsuitableData(
        "the model does not work with the normalization of \(data.directory); make it for the problem "
          + "of the data set")
    }
    guard steps >= 0 else { throw TrainingError.invalidOption("a training has no \(steps) steps") }
    self.data = data
    self.steps = steps
    model = trainer.model
    folder = try RunFolder(creating: trainer.run)
    lock = try folder.lock()
    let device = model.parameters.device
    let layout = FlatLayout(model.layout)
    let hasCheckpoints = try !folder.checkpointSteps().isEmpty
    guard resume || !hasCheckpoints else { throw TrainingError.runExists(trainer.run) }
    let configuration = RunConfiguration(
      model: model.settings, optimizer: trainer.optimizer, problem: data.problem.name,
      problemOptions: data.problem.options, data: data.directory,
      whiteLevel: data.summary.request.whiteLevel, steps: steps, options: options)
    let checkpoint = try folder.latestCheckpoint { progress(.skippedCheckpoint(reason: $0)) }
    // Beginning again at step 0 would throw away what may still be saved of them.
    guard checkpoint != nil || !hasCheckpoints else {
      throw TrainingError.noCheckpoint(run: trainer.run)
    }
    if let checkpoint {
      let earlier = try folder.configuration(as: RunConfiguration.self)
      if let difference = configuration.difference(from: earlier) {
        throw TrainingError.configurationChanged(run: trainer.run, difference: difference)
      }
      model.parameters = try checkpoint.weights(for: layout, on: device)
      state = try checkpoint.optimizerState(trainer.optimizer, for: layout, on: device)
      average = try checkpoint.average(
        decay: options.weightAverageDecay ?? 0, for: layout, on: device)
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
    log = try TrainingLog(path: folder.logPath, keepingThrough: checkpoint == nil ? -1 : firstStep)
    pool = ReplicaPool(
      count: options.replicas ?? 1, parameterCount: model.layout.bufferCount, on: device)
    let batchSize = options.batchSize ?? 1
    let (end, isTooMany) = max(steps, firstStep).multipliedReportingOverflow(by: batchSize)
    feed = ExampleFeed(
      data, seed: options.seed,
      numbers: (firstStep * batchSize)..<(isTooMany ? .max : end),
      batchSize: batchSize)
  }

  /// Steps until the end or until somebody wants a stop.
  mutating func run(
    stop: StopSignal?, _ progress: (TrainingProgress) -> Void
  ) throws -> TrainingHistory<Model> {
    let start = DispatchTime.now().uptimeNanoseconds
    var recent: [Double] = []
    while state.step < steps && stop?.isRequested != true {
      let (loss, report) = try makeStep()
      recent.append(loss)
      let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      let images = Double((state.step - firstStep) * (options.batchSize ?? 1))
      let step = TrainingProgress.Step(
        step: state.step, steps: steps, firstStep: firstStep, loss: loss,
        gradientNorm: report.gradientNorm, learningRate: report.learningRate,
        imagesPerSecond: images / max(elapsed, 1e-9), elapsed: elapsed)
      progress(.step(step))
      if state.step % options.logInterval == 0 || state.step == steps {
        try logStep(step, loss: recent.reduce(0, +) / Double(recent.count))
        recent = []
      }
      if isDue(options.evaluationInterval) { try evaluate(progress) }
      if isDue(options.checkpointInterval) { try save(progress) }
    }
    if lastCheckpoint != folder.checkpointPath(step: state.step) { try save(progress) }
    var trained = finalModel
    if let average { trained.parameters = average.values }
    return TrainingHistory(
      model: trained, step: state.step, wasStopped: state.step < steps,
      records: try TrainingLog.records(contentsOf: folder.logPath))
  }

  /// The model for inputs of the problem's own size, whatever the schedule has now.
  private var finalModel: Model {
    let input = data.problem.inputShape
    return model.forInputs(rows: input.height, columns: input.width)
  }

  private func isDue(_ interval: Int) -> Bool {
    interval > 0 && (state.step % interval == 0 || state.step == steps)
  }

  private mutating func makeStep() throws -> (Double, OptimizerReport) {
    let (feed, count) = (feed, options.batchSize ?? 1)
    let first = state.step * count
    let input = data.problem.atStep(state.step).inputShape
    model = model.forInputs(rows: input.height, columns: input.width)
    let loss = try pool.run(
      model,
      ReplicaPool.Batch(
        count: count, microBatchSize: options.microBatchSize,
        examples: { range in ExampleBatch(try range.map { try feed.example(first + $0) }) },
        randomness: RandomKey(seed: options.seed, stream: 0, step: UInt64(state.step))))
    guard loss.isFinite else { throw diverged(loss) }
    let report = state.update(parameters: &model.parameters, gradients: pool.gradients)
    guard report.isApplied else { throw diverged(.nan) }
    average?.update(with: model.parameters)
    return (loss, report)
  }

  private func diverged(_ loss: Double) -> TrainingError {
    .diverged(step: state.step, loss: loss, lastCheckpoint: lastCheckpoint)
  }

  private func logStep(_ step: TrainingProgress.Step, loss: Double) throws {
    try log.append(
      LogRecord(
        kind: "train", step: step.step,
        values: [
          "loss": loss, "learning_rate": step.learningRate, "gradient_norm": step.gradientNorm,
          "images_per_second": step.imagesPerSecond, "seconds": step.elapsed,
        ]))
  }

  private func evaluate(_ progress: (TrainingProgress) -> Void) throws {
    guard !data.evaluationExamples.isEmpty, options.evaluationExamples > 0 else { return }
    var evaluated = finalModel
    if let average { evaluated.parameters = average.values }
    let loss = try evaluated.meanLoss(
      data, examples: 0..<min(options.evaluationExamples, data.evaluationExamples.count))
    try log.append(LogRecord(kind: "evaluation", step: state.step, values: ["loss": loss]))
    progress(.evaluated(step: state.step, loss: loss))
  }

  private mutating func save(_ progress: (TrainingProgress) -> Void) throws {
    let path = try folder.write(
      Checkpoint(
        weights: model.parameters, optimizer: state, average: average, seed: options.seed,
        examplesSeen: state.step * (options.batchSize ?? 1)), keeping: options.checkpointsKept)
    lastCheckpoint = path
    progress(.saved(step: state.step, checkpoint: path))
  }
}
