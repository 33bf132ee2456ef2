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
    let runs = try paths.enumerated().compactMap { index, path -> RunRecord? in
      progress.show("reading", share: Double(index) / Double(paths.count))
      do {
        return RunRecord(try RecordedRun(contentsOf: path), below: folder)
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

  private static func table(_ runs: [RunRecord]) -> TextTable {
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
