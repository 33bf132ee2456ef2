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
    try readPending()
    let event = try read(try beginStep(readsAtOnce: true))
    try makeDue()
    return event
  }

  /// Writes a checkpoint of the last step if there is none yet.
  ///
  /// - Returns: The trained model, with the averages of the weights, and the log.
  /// - Throws: An error that names the file that cannot be written, or ``TrainingError``.
  public func finish() throws -> TrainingHistory<M> {
    try readPending()
    if lastCheckpoint != folder.checkpointPath(step: state.step) { try save() }
    return TrainingHistory(
      model: averagedModel, step: state.step, wasStopped: state.step < steps,
      records: try TrainingLog.records(contentsOf: folder.logPath))
  }

  /// Steps until the end or a stop request.
  ///
  /// A device that works by itself is asked for the next step before the numbers of the last one
  /// are read, so that it never waits for the host: what goes wrong is then noticed a step late, but
  /// before anything is written.
  func run(isStopRequested: () -> Bool) throws -> TrainingHistory<M> {
    if savesFirstWeights, lastCheckpoint == nil { try save() }
    while state.step < steps && !isStopRequested() {
      guard readsLate else {
        try makeStep()
        continue
      }
      let earlier = pending
      pending = try beginStep(readsAtOnce: false)
      if let earlier { try read(earlier) }
      if isDue(options.evaluationInterval) || isDue(options.checkpointInterval) {
        try readPending()
        try makeDue()
      }
    }
    return try finish()
  }

  /// Whatever is due after the last step, whose numbers have been read.
  private func makeDue() throws {
    if isDue(options.evaluationInterval) { try evaluate() }
    if isDue(options.checkpointInterval) { try save() }
  }

  private func isDue(_ interval: Int) -> Bool {
    interval > 0 && (state.step % interval == 0 || state.step == steps)
  }

  /// The micro-batches of the step. A single objective takes each from the feed when it comes to
  /// it; several share them.
  func batches() throws -> @Sendable (Int) throws -> M.Batch {
    let (feed, first) = (feed, state.step * microBatches.count)
    guard objectives.count > 1 else { return { try feed.element(first + $0) } }
    let made = try microBatches.indices.map { try feed.element(first + $0) }
    return { made[$0] }
  }
}
