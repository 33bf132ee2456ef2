import ArgumentParser
import Cajal

/// The option that names a run folder, and access to it.
struct RunOptions: ParsableArguments {
  @Option(name: .customLong("run"), help: "The folder of a run.")
  var folder: String

  /// The model of the newest good checkpoint, with its weights on a device.
  ///
  /// - Throws: an error that names the file; where every checkpoint is broken, the reason of the
  ///   newest.
  func open(on device: Device, reportingTo progress: ProgressLine) throws -> OpenedRun {
    try reporting(to: progress) { try OpenedRun(folder, on: device, report: $0) }
  }

  /// The run of a model whose kind is known.
  func open<M: ProblemModel>(
    as kind: M.Type, reportingTo progress: ProgressLine
  ) throws -> TrainedRun<M> {
    try reporting(to: progress) { try OpenedRun.checked(TrainedRun<M>(folder, report: $0)) }
  }

  /// Opens a run and reports the broken checkpoints that it had to skip.
  private func reporting<Run>(
    to progress: ProgressLine, _ open: ((String) -> Void) throws -> Run
  ) throws -> Run {
    var skipped = SkippedCheckpoints()
    do {
      let run = try open { skipped.reasons.append($0) }
      skipped.reasons.forEach { progress.say("skipped: \($0)") }
      return run
    } catch {
      throw skipped.explain(error)
    }
  }
}
