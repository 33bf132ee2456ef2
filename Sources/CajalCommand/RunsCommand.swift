import ArgumentParser
import Cajal
import CajalReports
import CajalSupport
import Foundation

/// `cajal runs`: lists the runs in a folder.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the runs in a folder and in those below it.",
    discussion: """
      Example: cajal runs runs

      Losses are nats where the log has them. The time is that of the last record, in UTC. With \
      --json, an array of objects with name, path, model, hyperparameters, device, step, steps, \
      last_loss, best_held_out_loss, best_held_out_step, seconds, updated and notes, sorted by \
      name; what is not known is null.
      """)

  @Argument(help: "The folder.")
  var folder = "."

  @Flag(help: "Print one JSON array.")
  var json = false

  func run() throws {
    let paths = try RunSearch.runs(below: folder)
    let progress = ProgressLine()
    let runs = try paths.enumerated().compactMap { index, path -> ListedRun? in
      progress.show("reading", share: Double(index) / Double(paths.count))
      do {
        return ListedRun(RunSummary(try RecordedRun(contentsOf: path)), below: folder)
      } catch let error as FileError {
        progress.say("skipped: \(error)")
        return nil
      }
    }
    progress.finish()
    if json { return try StandardOutput.print(json: runs) }
    for note in runs.flatMap(\.summary.notes) { progress.say("note: \(note)") }
    guard !runs.isEmpty else { return print("there are no runs in \(folder)") }
    print(Self.table(runs).text)
  }

  private static func table(_ runs: [ListedRun]) -> TextTable {
    var table = TextTable([
      "run", "model", "device", "steps", "last loss", "best held out", "written (UTC)",
    ])
    for run in runs {
      let summary = run.summary
      table.add([
        run.name, summary.hyperparameterSet ?? summary.model ?? "-",
        summary.device ?? "-", "\(summary.step)" + (summary.steps.map { "/\($0)" } ?? ""),
        summary.lastLoss.map { Figures.fixed($0, 4) } ?? "-",
        summary.bestHeldOutLoss.map { Figures.fixed($0, 4) } ?? "-",
        run.updated(dateTimeSeparator: .space).map { String($0.dropLast(4)) } ?? "-",
      ])
    }
    return table
  }
}

/// A run of the list.
private struct ListedRun: Encodable {
  let summary: RunSummary
  /// The path within the folder that was searched.
  let name: String

  init(_ summary: RunSummary, below folder: String) {
    self.summary = summary
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
