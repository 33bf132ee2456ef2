import Cajal
import CajalSupport
import Synchronization

/// Shows a training run on the progress line: a bar for its steps, and lines for what stays.
final class TrainingDisplay: TrainingObserver {
  private struct State {
    var skipped = SkippedCheckpoints()
    var hasBegun = false
    /// Of the loss, over about the last hundred steps.
    var mean = MovingMean(decay: 0.99)
    var figures = TrainingFigures()
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

  /// What was seen of the run.
  var figures: TrainingFigures { state.withLock { $0.figures } }

  /// Shows an event. Skipped checkpoints are shown when there is something to continue from.
  func observe(_ event: TrainingEvent) {
    if case .skippedCheckpoint(let reason) = event {
      state.withLock { $0.skipped.reasons.append(reason) }
      return
    }
    let skipped = state.withLock { state -> SkippedCheckpoints? in
      defer { state.hasBegun = true }
      state.figures.add(event)
      if case .step(let step) = event { state.mean.add(step.loss) }
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
      let mean = state.withLock { $0.mean.value }
      line.show(
        Self.text(of: step, mean: mean, terminalColumns: line.isTerminal ? line.width : nil))
    }
  }

  /// A bar on a terminal, elsewhere a plain line; both with the moving mean beside the loss.
  static func text(
    of step: TrainingEvent.Step, mean: Double?, terminalColumns: Int?
  ) -> String {
    let measures = (mean.map { [("mean", $0)] } ?? []) + step.measures
    let bar = ProgressBar(total: step.steps, first: step.firstStep, width: terminalColumns ?? 0)
    guard terminalColumns == nil else {
      return bar.line(
        step: step.step, loss: step.loss, measures: measures,
        imagesPerSecond: step.imagesPerSecond, elapsed: step.elapsed)
    }
    return (TrainingEvent.step(step.with(measures)).line() ?? "") + ", "
      + bar.remaining(step: step.step, elapsed: step.elapsed)
  }
}

extension TrainingEvent.Step {
  /// The same step with other measures.
  fileprivate func with(_ measures: [(name: String, value: Double)]) -> Self {
    Self(
      step: step, steps: steps, firstStep: firstStep, loss: loss, losses: losses,
      measures: measures, lossUnit: lossUnit, gradientNorm: gradientNorm,
      learningRate: learningRate, imagesPerSecond: imagesPerSecond, elapsed: elapsed)
  }
}
