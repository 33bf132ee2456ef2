import ArgumentParser
import Cajal
import Foundation

/// How long to train, in minutes or updates.
enum TrainingTime {
  /// The most updates that the pace is measured with.
  static let trialSteps = 1000
  /// The longest that the pace is measured, in seconds, if three updates take no longer.
  private static let trialSeconds = 3.0

  /// Checks the options `--steps` and `--minutes`.
  static func validate(steps: Int?, minutes: Double?, longest: Int) throws {
    try NumberRange.check([("--steps", steps ?? 1, 1...TrainerOptions.maximumSteps)])
    if let minutes, !(minutes > 0 && minutes <= Double(longest)) {
      throw ValidationError("--minutes is more than 0 and at most \(longest), not \(minutes)")
    }
    guard steps == nil || minutes == nil else {
      throw ValidationError("--steps or --minutes says how long to train; give one of them")
    }
  }

  /// The number of updates that fit into a time, extrapolated from the first few. They are made in a
  /// temporary folder and forgotten.
  ///
  /// - Parameters:
  ///   - trainer: what is trained, with optimizers for any number of updates.
  ///   - seconds: the time.
  static func affordableSteps<M: ProblemModel>(
    _ trainer: Trainer<M>, _ data: Dataset, seconds: Double, reportingTo progress: ProgressLine
  ) throws -> Int {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-trial-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var trial = trainer
    trial.run = folder
    trial.setOptimizers(steps: trialSteps)
    trial.options.evaluationInterval = 0
    trial.options.checkpointInterval = trialSteps
    progress.show("measuring the pace")
    let session = try TrainingSession(
      trial, PictureData(data, for: trainer.model), steps: trialSteps)
    // The first update also allocates memory that the later ones use again.
    let first = try session.makeStep().elapsed
    var (elapsed, pace) = (first, 1 / max(first, 1e-6))
    // Long enough to see past what happens beside on the machine, and a small part of the whole.
    let enough = min(Self.trialSeconds, seconds / 40)
    while session.step < session.steps, session.step < 3 || elapsed < enough {
      progress.show("measuring the pace")
      elapsed = try session.makeStep().elapsed
      pace = Double(session.step - 1) / max(elapsed - first, 1e-6)
    }
    return Int(min(pace * seconds, Double(TrainerOptions.maximumSteps)))
  }
}
