import ArgumentParser
import Cajal

/// The broken checkpoints of a run, newest first.
struct SkippedCheckpoints {
  var reasons: [String] = []

  /// A replacement of `error`: the reason why there is no checkpoint is more helpful.
  func explain(_ error: any Error) -> any Error {
    guard case TrainingError.noCheckpoint(let run) = error, let first = reasons.first else {
      return error
    }
    let others = reasons.count == 1 ? "" : " (and \(reasons.count - 1) older ones)"
    return ValidationError("\(first)\(others); \(run) has no other checkpoint to resume from")
  }
}
