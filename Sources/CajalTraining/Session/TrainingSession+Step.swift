import CajalSupport
import CajalAutodiff
import CajalOptimizers
import CajalTensor
import Foundation

extension TrainingSession {
  /// Makes one update and whatever is then due: a log line, an evaluation, a checkpoint.
  ///
  /// Traps when all steps have been made.
  ///
  /// - Returns: The report of the update.
  /// - Throws: ``TrainingError`` when something is not finite, or an error that names a file.
  @discardableResult
  public func makeStep() throws -> TrainingEvent.Step {
    require(state.step < steps, "the session has made all of its \(steps) steps")
    if savesFirstWeights, state.step == 0, lastCheckpoint == nil { try save() }
    if state.step == firstStep { start = .now() }
    let (losses, measures, report) = try update()
    state.recent.add(losses[0].loss)
    for (name, value) in measures { state.recentMeasures[name, default: LossSum()].add(value) }
    let elapsed =
      Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
    let images = Double((state.step - firstStep) * (options.batchSize ?? 1))
    let event = TrainingEvent.Step(
      step: state.step, steps: steps, firstStep: firstStep, loss: losses[0].loss, losses: losses,
      measures: measures, lossUnit: M.trainingLossUnit, gradientNorm: report.gradientNorm,
      learningRate: report.learningRate, imagesPerSecond: images / max(elapsed, 1e-9),
      elapsed: elapsed)
    try notify(.step(event))
    if state.step % options.logInterval == 0 || state.step == steps { try logStep(event) }
    if isDue(options.evaluationInterval) { try evaluate() }
    if isDue(options.checkpointInterval) { try save() }
    return event
  }

  /// Writes a checkpoint of the last step if there is none yet.
  ///
  /// - Returns: The trained model, with the averages of the weights, and the log.
  /// - Throws: An error that names the file that cannot be written, or ``TrainingError``.
  public func finish() throws -> TrainingHistory<M> {
    if lastCheckpoint != folder.checkpointPath(step: state.step) { try save() }
    return TrainingHistory(
      model: averagedModel, step: state.step, wasStopped: state.step < steps,
      records: try TrainingLog.records(contentsOf: folder.logPath))
  }

  /// Steps until the end or a stop request.
  func run(isStopRequested: () -> Bool) throws -> TrainingHistory<M> {
    if savesFirstWeights, lastCheckpoint == nil { try save() }
    while state.step < steps && !isStopRequested() { try makeStep() }
    return try finish()
  }

  private func isDue(_ interval: Int) -> Bool {
    interval > 0 && (state.step % interval == 0 || state.step == steps)
  }

  /// One update of every group; the losses by objective, the measures, and the report of the first
  /// group.
  private func update() throws -> (
    losses: [(name: String, loss: Double)], measures: [(name: String, value: Double)],
    OptimizerReport
  ) {
    let step = state.step
    let batches = try batches()
    var losses: [(name: String, loss: Double)] = []
    var measures: [(name: String, value: Double)] = []
    var first: OptimizerReport?
    for objective in objectives {
      let batch = try objective.pool.run(
        state.model,
        ReplicaPool.Batch(
          parts: microBatches, examples: batches,
          randomness: RandomKey(seed: options.seed, stream: 0, step: UInt64(step)),
          objective: objective.number))
      let name = objective.objective.name
      guard batch.loss.isFinite else {
        throw TrainingError.diverged(step: step, loss: batch.loss, lastCheckpoint: lastCheckpoint)
      }
      // As in the log, the first objective's numbers have no suffix.
      measures += batch.measures.map { (losses.isEmpty ? $0.name : "\($0.name)_\(name)", $0.value) }
      losses.append((name, batch.loss))
      for group in objective.groups {
        let report = try update(group, objective.pool.gradients)
        first = first ?? report
      }
    }
    guard let first else {
      throw TrainingError.invalidOption("every group of parameters is frozen; nothing is trained")
    }
    for (group, average) in state.averages.enumerated() where average != nil {
      let weights = state.model.parameters.buffers[group]
      state.averages[group]?.update(with: weights)
    }
    state.step += 1
    return (losses, measures, first)
  }

  /// The micro-batches of the step. A single objective takes each from the feed when it comes to
  /// it; several share them.
  private func batches() throws -> @Sendable (Int) throws -> M.Batch {
    let (feed, first) = (feed, state.step * microBatches.count)
    guard objectives.count > 1 else { return { try feed.element(first + $0) } }
    let made = try microBatches.indices.map { try feed.element(first + $0) }
    return { made[$0] }
  }

  /// One update of a group.
  private func update(_ group: Int, _ gradients: ParameterGradients) throws -> OptimizerReport {
    guard let gradients = gradients.values[group], var optimizer = state.optimizers[group] else {
      requirementFailure("group \(group) is not trained")
    }
    // Moved out, so that the buffers are uniquely referenced and updated in place.
    state.optimizers[group] = nil
    let report = optimizer.update(
      parameters: &state.model.parameters.buffers[group], gradients: gradients)
    state.optimizers[group] = optimizer
    guard report.isApplied else { throw overflow(.gradient) }
    guard state.model.parameters.buffers[group].allFinite else {
      throw overflow(.weights, step: state.step + 1)
    }
    return report
  }

  private func logStep(_ step: TrainingEvent.Step) throws {
    var values = [
      "loss": state.recent.mean, "learning_rate": step.learningRate,
      "gradient_norm": step.gradientNorm, "images_per_second": step.imagesPerSecond,
      "seconds": step.elapsed,
    ]
    if let peak = state.model.parameters.device.peakMemoryBytes {
      values["peak_memory_bytes"] = Double(peak)
    }
    for (name, loss) in step.losses.dropFirst() { values["loss_\(name)"] = loss }
    for (name, measure) in state.recentMeasures {
      require(values[name] == nil, "a measure cannot have the name \(name), which the log has")
      values[name] = measure.mean
    }
    try notify(.recorded(LogRecord(kind: "train", step: step.step, values: values)))
    // The extra line at the end does not count when the run is made longer; see
    // `TrainerOptions.isExtraRecord`.
    if step.step % options.logInterval == 0 {
      state.recent = LossSum()
      state.recentMeasures = [:]
    }
  }
}
