import CajalAutodiff
import CajalOptimizers
import CajalTensor

extension TrainingSession {
  /// Evaluates the averaged model on held-out examples, if there are any.
  func evaluate() throws {
    guard data.evaluationCount > 0, options.evaluationExamples > 0 else { return }
    let loss = try averagedModel.meanLoss(
      data, examples: 0..<min(options.evaluationExamples, data.evaluationCount))
    guard loss.isFinite else { throw overflow(.heldOutLoss) }
    try notify(
      .recorded(LogRecord(kind: "evaluation", step: state.step, values: ["loss": loss])))
    try notify(
      .evaluated(
        TrainingEvent.Evaluation(step: state.step, loss: loss, lossUnit: M.lossUnit)))
  }

  /// Writes a checkpoint.
  func save() throws {
    try checkFinite()
    let path = try folder.write(snapshot(), keeping: options.checkpointsKept)
    lastCheckpoint = path
    try notify(.saved(step: state.step, checkpoint: path))
  }

  /// Checks that the state to save is usable: finite values and a finite loss.
  private func checkFinite() throws {
    guard state.model.parameters.isFinite else { throw overflow(.weights) }
    guard state.averages.allSatisfy({ $0?.values.allFinite ?? true }) else {
      throw overflow(.average)
    }
    let moments = state.optimizers.flatMap { $0?.namedTensors ?? [] }
    guard moments.allSatisfy({ $0.tensor.allFinite }) else { throw overflow(.moments) }
    // Finite weights can be large enough to overflow the loss.
    let hasAverage = state.averages.contains { $0 != nil }
    let sample =
      try data.evaluationCount > 0
      ? data.evaluationBatch(0..<1) : data.trainingBatch(0..<1, step: 0, seed: options.seed)
    for model in hasAverage ? [model, averagedModel] : [model] {
      guard model.objectives.allSatisfy({ model.evaluationLoss(sample, objective: $0).isFinite })
      else {
        throw data.evaluationCount == 0
          ? TrainingError.diverged(step: state.step, loss: .nan, lastCheckpoint: lastCheckpoint)
          : overflow(.heldOutLoss)
      }
    }
  }

  func overflow(_ quantity: TrainingError.Quantity, step: Int? = nil) -> TrainingError {
    .overflowed(quantity, step: step ?? state.step, lastCheckpoint: lastCheckpoint)
  }
}
