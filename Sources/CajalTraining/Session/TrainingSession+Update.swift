import CajalAutodiff
import CajalOptimizers
import CajalSupport
import CajalTensor
import Foundation

extension TrainingSession {
  /// Whether the numbers of a step are read when the next one has begun. Members in other processes
  /// have to agree about the order of what they tell each other, so that each is read at once.
  var readsLate: Bool {
    !state.model.parameters.device.backend.gainsFromThreads
      && objectives.allSatisfy(\.pool.isInOneProcess)
  }

  /// Has one update of every group made.
  ///
  /// - Parameter readsAtOnce: Reads each number before anything is asked for that depends on it, so
  ///   that nothing is changed when it is not finite.
  /// - Throws: ``TrainingError`` where something that was read is not finite.
  func beginStep(readsAtOnce: Bool) throws -> PendingStep {
    if state.step == firstStep { start = .now() }
    let batches = try self.batches()
    var step = PendingStep(earlierSteps: state.step)
    for objective in objectives {
      let batch = try objective.pool.run(
        state.model,
        ReplicaPool.Batch(
          parts: microBatches, examples: batches,
          randomness: RandomKey(seed: options.seed, stream: 0, step: UInt64(state.step)),
          objective: objective.number))
      if readsAtOnce { _ = try checked(batch, step) }
      var part = PendingStep.Part(name: objective.objective.name, batch: batch)
      for group in objective.groups {
        let update = begin(group, objective.pool.gradients)
        if readsAtOnce { try check(update, step) }
        part.updates.append(update)
      }
      step.parts.append(part)
    }
    // Not over the averages themselves: a copy of them would be kept, and each be copied.
    for group in state.averages.indices {
      let weights = state.model.parameters.buffers[group]
      state.averages[group]?.update(with: weights)
    }
    state.step += 1
    return step
  }

  /// Has the update of a group made.
  private func begin(_ group: Int, _ gradients: ParameterGradients) -> PendingStep.Update {
    guard let gradients = gradients.values[group], var optimizer = state.optimizers[group] else {
      requirementFailure("group \(group) is not trained")
    }
    // Moved out, so that the buffers are uniquely referenced and updated in place.
    state.optimizers[group] = nil
    let update = optimizer.beginUpdate(
      parameters: &state.model.parameters.buffers[group], gradients: gradients)
    state.optimizers[group] = optimizer
    return PendingStep.Update(update, weights: state.model.parameters.buffers[group])
  }

  /// Reads the step that was begun last, if it has not been.
  func readPending() throws {
    guard let step = pending else { return }
    pending = nil
    try read(step)
  }

  /// Reads the numbers of a step and reports them.
  ///
  /// - Throws: ``TrainingError`` where one is not finite, or an error that names the log.
  @discardableResult
  func read(_ step: PendingStep) throws -> TrainingEvent.Step {
    var losses: [(name: String, loss: Double)] = []
    var measures: [(name: String, value: Double)] = []
    for part in step.parts {
      let batch = try checked(part.batch, step)
      for update in part.updates { try check(update, step) }
      // As in the log, the first objective's numbers have no suffix.
      measures += batch.measures.map {
        (losses.isEmpty ? $0.name : "\($0.name)_\(part.name)", $0.value)
      }
      losses.append((part.name, batch.loss))
    }
    guard let report = step.parts.lazy.flatMap(\.updates).first?.report else {
      throw TrainingError.invalidOption("every group of parameters is frozen; nothing is trained")
    }
    return try note(step.earlierSteps + 1, losses, measures, report)
  }

  /// The report of a batch, whose loss is finite.
  private func checked(_ batch: PendingBatch, _ step: PendingStep) throws -> BatchReport {
    let report = try batch.report()
    guard report.loss.isFinite else {
      throw TrainingError.diverged(
        step: step.earlierSteps, loss: report.loss, lastCheckpoint: lastCheckpoint)
    }
    return report
  }

  private func check(_ update: PendingStep.Update, _ step: PendingStep) throws {
    guard update.report.isApplied else { throw overflow(.gradient, step: step.earlierSteps) }
    guard update.hasFiniteWeights else { throw overflow(.weights, step: step.earlierSteps + 1) }
  }

  /// Tells observers and log of a step.
  private func note(
    _ number: Int, _ losses: [(name: String, loss: Double)],
    _ measures: [(name: String, value: Double)], _ report: OptimizerReport
  ) throws -> TrainingEvent.Step {
    state.recent.add(losses[0].loss)
    for (name, value) in measures { state.recentMeasures[name, default: LossSum()].add(value) }
    let elapsed =
      Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
    let images = Double((number - firstStep) * (options.batchSize ?? 1))
    let event = TrainingEvent.Step(
      step: number, steps: steps, firstStep: firstStep, loss: losses[0].loss, losses: losses,
      measures: measures, lossUnit: M.trainingLossUnit, gradientNorm: report.gradientNorm,
      learningRate: report.learningRate, imagesPerSecond: images / max(elapsed, 1e-9),
      elapsed: elapsed)
    try notify(.step(event))
    if number % options.logInterval == 0 || number == steps { try logStep(event) }
    return event
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
