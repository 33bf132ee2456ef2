import CajalReports
import Foundation

/// A run as JSON, and as a line of a list.
struct RunRecord: Encodable {
  let summary: RunSummary
  /// The name that tells it from others.
  let name: String

  /// A run of a chart or a report.
  init(_ run: RecordedRun) {
    summary = RunSummary(run)
    name = run.name
  }

  /// A run of a list, which is named by the path within the folder that was searched.
  init(_ run: RecordedRun, below folder: String) {
    summary = RunSummary(run)
    let inner = summary.path.dropFirst(folder.count).drop { $0 == "/" }
    name = inner.isEmpty ? summary.path : String(inner)
  }

  /// When something was last recorded, such as `2026-01-31T12:00:00Z`.
  func updated(dateTimeSeparator: Date.ISO8601FormatStyle.DateTimeSeparator) -> String? {
    let style = Date.ISO8601FormatStyle(dateTimeSeparator: dateTimeSeparator)
    return summary.updated?.formatted(style)
  }

  enum CodingKeys: String, CodingKey {
    case name, path, model, hyperparameters, device, step, steps, seconds, updated, notes
    case lastLoss = "last_loss"
    case bestHeldOutLoss = "best_held_out_loss"
    case bestHeldOutStep = "best_held_out_step"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(summary.path, forKey: .path)
    try container.encode(summary.model, forKey: .model)
    try container.encode(summary.hyperparameterSet, forKey: .hyperparameters)
    try container.encode(summary.device, forKey: .device)
    try container.encode(summary.step, forKey: .step)
    try container.encode(summary.steps, forKey: .steps)
    try container.encode(summary.lastLoss, forKey: .lastLoss)
    try container.encode(summary.bestHeldOutLoss, forKey: .bestHeldOutLoss)
    try container.encode(summary.bestHeldOutStep, forKey: .bestHeldOutStep)
    try container.encode(summary.seconds, forKey: .seconds)
    try container.encode(updated(dateTimeSeparator: .standard), forKey: .updated)
    try container.encode(summary.notes, forKey: .notes)
  }
}

/// A page about runs as JSON: where it is and what it is about.
struct ReportRecord: Encodable {
  let output: String
  let title: String
  let runs: [RunRecord]
}

/// A chart of losses as JSON: where it is, and the numbers of its curves.
struct ChartRecord: Encodable {
  /// A run and its losses.
  struct Run: Encodable {
    let run: RunRecord
    let losses: LossNumbers

    init(_ run: RecordedRun) {
      self.run = RunRecord(run)
      losses = LossNumbers(run)
    }

    private enum CodingKeys: String, CodingKey {
      case autocorrelation
      case trainingLosses = "training_losses"
      case heldOutLosses = "held_out_losses"
      case smoothedLoss = "smoothed_loss"
      case lastHeldOutLoss = "last_held_out_loss"
    }

    func encode(to encoder: any Encoder) throws {
      try run.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(losses.trainingCount, forKey: .trainingLosses)
      try container.encode(losses.heldOutCount, forKey: .heldOutLosses)
      try container.encode(losses.smoothedTrainingLoss, forKey: .smoothedLoss)
      try container.encode(losses.autocorrelation, forKey: .autocorrelation)
      try container.encode(losses.lastHeldOutLoss, forKey: .lastHeldOutLoss)
    }
  }

  let output: String
  /// What the losses are: `nats per sub-pixel`, or `loss` where that is not known of all runs.
  let unit: String
  let runs: [Run]
}
