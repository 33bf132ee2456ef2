import CajalSupport
import CajalTraining
public import Foundation

/// A run in a line of a list.
public struct RunSummary: Sendable, Hashable {
  /// The run folder.
  public let path: String
  /// The kind of model and its set of hyperparameters, where the configuration says them.
  public let model: String?, hyperparameterSet: String?
  /// What computed the last steps, such as `cpu (avx512)`, where the configuration says it.
  public let device: String?
  /// Updates made: those of the last record, or of a newer checkpoint.
  public let step: Int
  /// The planned number of updates, where the configuration says it.
  public let steps: Int?
  /// The training loss of the last record: nats where the log has them.
  public let lastLoss: Double?
  /// The smallest held-out loss.
  public let bestHeldOutLoss: Double?
  /// The step of the smallest held-out loss.
  public let bestHeldOutStep: Int?
  /// The seconds of training: of event files the wall time from their first value to the last.
  public let seconds: Double?
  /// When something was last recorded.
  public let updated: Date?
  /// What could not be read, as sentences.
  public let notes: [String]

  /// Sums up a run.
  public init(_ run: RecordedRun) {
    path = run.path
    model = run.configuration["model.kind"]
    hyperparameterSet = run.configuration["hyperparameterSet"]
    device = (1...).lazy.map { run.configuration["devices.\($0).name"] }
      .prefix { $0 != nil }.reduce(nil) { $1 }
    steps = run.configuration["steps"].flatMap { Int($0) }
    let checkpoints = try? RunFolder(existing: run.path).checkpointSteps()
    step = max(
      run.measurements.values.lazy.compactMap(\.steps.last).max() ?? 0, checkpoints?.last ?? 0)
    lastLoss = run.losses(.training)?.measurements.values.last
    let heldOut = run.losses(.heldOut)?.measurements
    let best = heldOut.flatMap { losses in
      losses.values.indices.filter { losses.values[$0].isFinite }
        .min { losses.values[$0] < losses.values[$1] }
    }
    bestHeldOutLoss = best.flatMap { heldOut?.values[$0] }
    bestHeldOutStep = best.flatMap { heldOut?.steps[$0] }
    let times = run.measurements.values.lazy.compactMap { $0.seconds.last { $0.isFinite } }
    seconds = times.max().flatMap { $0 > 0 ? $0 : nil }
    let events = (try? EventFile.files(in: run.path).last).flatMap { $0 }
    let files = [run.path + "/log.jsonl", events, run.path + "/config.json", run.path]
    updated = files.compactMap { $0 }.lazy.compactMap { Files.status(of: $0)?.modified }.first
      .map { Date(timeIntervalSince1970: $0) }
    notes = run.notes
  }
}
