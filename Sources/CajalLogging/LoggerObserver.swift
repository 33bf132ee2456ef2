import CajalSupport
public import CajalTraining
public import Logging

/// Passes the events of a training run to a logger of swift-log.
///
/// ```swift
/// let observer = LoggerObserver(Logger(label: "training"), every: 100)
/// try trainer.fit(data, steps: 2_000, observers: [observer])
/// ```
public struct LoggerObserver: TrainingObserver {
  private let logger: Logger
  private let interval: Int

  /// Logs to `logger`: steps, every `interval`-th of them, at the level `debug`; evaluations and
  /// checkpoints at `info`; a change of the device at `notice`; checkpoints that could not be used at `warning`.
  public init(_ logger: Logger, every interval: Int = 1) {
    require(interval >= 1, "log messages are at least one step apart, not \(interval)")
    self.logger = logger
    self.interval = interval
  }

  /// Logs the event, with its numbers as metadata.
  public func observe(_ event: TrainingEvent) {
    guard let line = event.line(every: interval) else { return }
    switch event {
    case .skippedCheckpoint: logger.warning("\(line)")
    case .changedDevice: logger.notice("\(line)")
    case .resumed(let step, _), .saved(let step, _):
      logger.info("\(line)", metadata: ["step": "\(step)"])
    case .evaluated(let evaluation):
      logger.info(
        "\(line)", metadata: ["step": "\(evaluation.step)", "loss": "\(evaluation.loss)"])
    case .step(let step):
      var metadata: Logger.Metadata = [
        "step": "\(step.step)", "loss": "\(step.loss)", "learning_rate": "\(step.learningRate)",
        "gradient_norm": "\(step.gradientNorm)",
      ]
      for (name, value) in step.measures { metadata[name] = "\(value)" }
      logger.debug("\(line)", metadata: metadata)
    case .recorded: break
    }
  }
}
