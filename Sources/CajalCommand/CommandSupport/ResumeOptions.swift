import ArgumentParser
import Cajal

/// The options for resuming and initialization.
struct ResumeOptions: ParsableArguments {
  @Flag(
    help: """
      Continue the run folder's run from its newest checkpoint. Everything that is left out (data, \
      steps, hyperparameters, seed, replicas, intervals) is as the run recorded it.
      """)
  var resume = false

  @Flag(help: "As --resume where the run folder has a checkpoint; otherwise start a new run.")
  var resumeOrStart = false

  @Option(
    help: """
      Start with the weights of the run in this folder (their average where one was kept) and a \
      new optimizer state. Without --hparams the hyperparameters are that run's too.
      """)
  var initializeFrom: String?

  func validate() throws {
    guard !(resume && resumeOrStart) else {
      throw ValidationError("--resume or --resume-or-start, not both")
    }
    guard initializeFrom == nil || !resume else {
      throw ValidationError(
        "--initialize-from starts a new run and --resume continues one; give one of them, or "
          + "--resume-or-start for both in turn")
    }
  }

  /// The library's value.
  var resumption: Resumption {
    if resume { return .required }
    return resumeOrStart ? .ifPresent : .never
  }

  /// The folder of the run to resume; `nil` for a new run.
  ///
  /// - Throws: `TrainingError.noRun` where one is required and there is none.
  func folderToResume(_ run: String) throws -> RunFolder? {
    switch resumption {
    case .never: return nil
    case .required: try RunFolder.checkHoldsRun(run)
    case .ifPresent:
      guard let folder = try? RunFolder(existing: run), try !folder.checkpointSteps().isEmpty else {
        return nil
      }
    }
    return try RunFolder(existing: run)
  }
}
