import Cajal
import Synchronization

/// Shows a training run on the progress line: a bar for its steps, and lines for what stays.
final class TrainingDisplay: TrainingObserver {
  private struct State {
    var skipped = SkippedCheckpoints()
    var hasBegun = false
  }

  private let line: ProgressLine
  private let introduction: String?
  private let state = Mutex(State())

  /// A display; `introduction` is shown when the run begins.
  init(on line: ProgressLine, introduction: String? = nil) {
    self.line = line
    self.introduction = introduction
  }

  /// The checkpoints that could not be used.
  var skipped: SkippedCheckpoints { state.withLock { $0.skipped } }

  /// Shows an event. Skipped checkpoints are shown when there is something to continue from.
  func observe(_ event: TrainingEvent) {
    if case .skippedCheckpoint(let reason) = event {
      state.withLock { $0.skipped.reasons.append(reason) }
      return
    }
    let skipped = state.withLock { state -> SkippedCheckpoints? in
      defer { state.hasBegun = true }
      return state.hasBegun ? nil : state.skipped
    }
    if let skipped {
      skipped.reasons.forEach { line.say("skipped: \($0)") }
      introduction.map(line.say)
    }
    show(event)
  }

  private func show(_ event: TrainingEvent) {
    switch event {
    case .recorded: break
    case .resumed, .changedDevice, .skippedCheckpoint, .evaluated: event.line().map(line.say)
    case .saved:
      // On a terminal the bar is enough; redirected output should show the checkpoints.
      if !line.isTerminal { event.line().map(line.say) }
    case .step(let step):
      line.show(
        ProgressBar(total: step.steps, first: step.firstStep, width: line.width).line(
          step: step.step, loss: step.loss, measures: step.measures,
          imagesPerSecond: step.imagesPerSecond, elapsed: step.elapsed))
    }
  }
}
