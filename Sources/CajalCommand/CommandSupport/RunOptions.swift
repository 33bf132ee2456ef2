import ArgumentParser
import Cajal

/// The option that names a run folder, and access to it.
struct RunOptions: ParsableArguments {
  @Option(name: .customLong("run"), help: "The folder of a run.")
  var folder: String

  /// The model of the newest good checkpoint.
  ///
  /// - Throws: an error that names the file; where every checkpoint is broken, the reason of the
  ///   newest.
  func open(reportingTo progress: ProgressLine) throws -> OpenedRun {
    var skipped = SkippedCheckpoints()
    do {
      let run = try OpenedRun(folder) { skipped.reasons.append($0) }
      skipped.reasons.forEach { progress.say("skipped: \($0)") }
      return run
    } catch {
      throw skipped.explain(error)
    }
  }
}
