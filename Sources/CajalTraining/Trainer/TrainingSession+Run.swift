import CajalOptimizers
import CajalProblems
import CajalTensor
import Foundation

extension TrainingSession {
  /// Steps until the end or a stop request.
  mutating func run(
    stop: StopSignal?, _ progress: (TrainingProgress) -> Void
  ) throws -> TrainingHistory<Model> {
    if savesFirstWeights { try save(progress) }
    let start = DispatchTime.now().uptimeNanoseconds
    while state.step < steps && stop?.isRequested != true {
      let (loss, report) = try makeStep()
      recent.add(loss)
      let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      let images = Double((state.step - firstStep) * (options.batchSize ?? 1))
      let step = TrainingProgress.Step(
        step: state.step, steps: steps, firstStep: firstStep, loss: loss,
        gradientNorm: report.gradientNorm, learningRate: report.learningRate,
        imagesPerSecond: images / max(elapsed, 1e-9), elapsed: elapsed)
      progress(.step(step))
      if state.step % options.logInterval == 0 || state.step == steps { try logStep(step) }
      if isDue(options.evaluationInterval) { try evaluate(progress) }
      if isDue(options.checkpointInterval) { try save(progress) }
    }
    if lastCheckpoint != folder.checkpointPath(step: state.step) { try save(progress) }
    return TrainingHistory(
      model: trainedModel, step: state.step, wasStopped: state.step < steps,
      records: try TrainingLog.records(contentsOf: folder.logPath))
  }

  /// The model for inputs of the problem's own size, whatever the schedule has now.
  var finalModel: Model {
    let input = data.problem.inputShape
    return model.forInputs(rows: input.height, columns: input.width)
  }

  /// The final model with the average of the weights, where one is kept.
  var trainedModel: Model {
    var trained = finalModel
    if let average { trained.parameters = average.values }
    return trained
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
    guard loss.isFinite else {
      throw TrainingError.diverged(
        step: state.step, loss: loss, lastCheckpoint: lastCheckpoint)
    }
    let report = state.update(parameters: &model.parameters, gradients: pool.gradients)
    guard report.isApplied else { throw overflow(.gradient) }
    guard model.parameters.isFinite else { throw overflow(.weights) }
    average?.update(with: model.parameters)
    return (loss, report)
  }

  private mutating func logStep(_ step: TrainingProgress.Step) throws {
    try log.append(
      LogRecord(
        kind: "train", step: step.step,
        values: [
          "loss": recent.mean, "learning_rate": step.learningRate,
          "gradient_norm": step.gradientNorm, "images_per_second": step.imagesPerSecond,
          "seconds": step.elapsed,
        ]))
    // The extra line at the end does not count when the run is made longer; see
    // `TrainingSession.init`.
    if step.step % options.logInterval == 0 { recent = LossSum() }
  }

  private func evaluate(_ progress: (TrainingProgress) -> Void) throws {
    guard !data.evaluationExamples.isEmpty, options.evaluationExamples > 0 else { return }
    let loss = try trainedModel.meanLoss(
      data, examples: 0..<min(options.evaluationExamples, data.evaluationExamples.count))
    guard loss.isFinite else { throw overflow(.heldOutLoss) }
    try log.append(LogRecord(kind: "evaluation", step: state.step, values: ["loss": loss]))
    progress(.evaluated(step: state.step, loss: loss))
  }

  private mutating func save(_ progress: (TrainingProgress) -> Void) throws {
    try checkFinite()
    let path = try folder.write(
      Checkpoint(
        weights: model.parameters, optimizer: state, average: average, seed: options.seed,
        examplesSeen: state.step * (options.batchSize ?? 1), pendingLosses: recent),
      keeping: options.checkpointsKept)
    lastCheckpoint = path
    progress(.saved(step: state.step, checkpoint: path))
  }
}

extension TrainingSession {
  /// Checks that what is about to be saved can be continued from and used: values that are finite,
  /// and a loss that is.
  private func checkFinite() throws {
    guard model.parameters.isFinite else { throw overflow(.weights) }
    guard average?.values.isFinite ?? true else { throw overflow(.average) }
    guard state.namedTensors.allSatisfy({ $0.tensor.isFinite }) else { throw overflow(.moments) }
    // Finite weights can be so large that what is computed from them is not.
    for model in average == nil ? [finalModel] : [finalModel, trainedModel] {
      guard try sampleLoss(of: model).isFinite else {
        throw data.evaluationExamples.isEmpty
          ? TrainingError.diverged(step: state.step, loss: .nan, lastCheckpoint: lastCheckpoint)
          : overflow(.heldOutLoss)
      }
    }
  }

  /// The loss of one example, held out if there are such.
  private func sampleLoss(of model: Model) throws -> Double {
    let example =
      try data.evaluationExamples.first?.example() ?? data.trainingExample(0, seed: options.seed)
    return model.meanLoss(ExampleBatch([example]))
  }

  private func overflow(_ quantity: TrainingError.Quantity) -> TrainingError {
    .overflowed(quantity, step: state.step, lastCheckpoint: lastCheckpoint)
  }
}
