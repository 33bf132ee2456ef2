import Cajal
import CajalReports
import Foundation
import Testing

@testable import CajalCommand

@Suite struct ChartTests {
  @Test func runsAreNamedOnTheCommandLine() throws {
    let work = try Workspace()
    try work.train()
    let other = work.path + "/other"
    #expect(try CajalProcess.run(work.training(other, steps: 2, "--seed", "2")).status == 0)
    let chart = work.path + "/losses.svg"
    let drawn = try CajalProcess.run([
      "chart", "--run", work.run, "--run", other, "-o", chart,
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    #expect(
      drawn.output.contains(/losses\.svg: run \d\.\d{4}, other \d\.\d{4} nats per sub-pixel\n/))
    let svg = try String(contentsOfFile: chart, encoding: .utf8)
    #expect(svg.contains(">run</text>") && svg.contains(">other</text>"))
    try expectNumbers(of: work, other, chart, text: drawn.output)
    let twice = try CajalProcess.run([
      "chart", "--run", work.run, "--run", work.run, "-o", chart,
    ])
    #expect(twice.status == 2 && twice.errors.contains("--run \(work.run) is given twice"))
  }

  private struct Drawn: Decodable {
    struct Run: Decodable {
      var name: String, path: String, step: Int, notes: [String]
      var training_losses: Int, held_out_losses: Int
      var last_loss: Double, smoothed_loss: Double, autocorrelation: Double?
      var last_held_out_loss: Double?, best_held_out_loss: Double?
    }
    var output: String, unit: String, runs: [Run]
  }

  /// `--json` has the numbers of the logs and of the text, and draws the same chart.
  private func expectNumbers(
    of work: Workspace, _ other: String, _ chart: String, text: String
  ) throws {
    let svg = try Data(contentsOf: URL(fileURLWithPath: chart))
    let json = try CajalProcess.run([
      "chart", "--run", work.run, "--run", other, "-o", chart, "--json",
    ])
    #expect(json.status == 0 && !json.output.dropLast().contains("\n"), "\(json.errors)")
    let drawn = try JSONDecoder().decode(Drawn.self, from: Data(json.output.utf8))
    #expect(try Data(contentsOf: URL(fileURLWithPath: chart)) == svg)
    #expect(drawn.output == chart && drawn.unit == "nats per sub-pixel")
    #expect(drawn.runs.map(\.name) == ["run", "other"])
    #expect(drawn.runs.map(\.path) == [work.run, other])
    for run in drawn.runs {
      #expect(text.contains("\(run.name) " + String(format: "%.4f", run.smoothed_loss)))
      let log = try TrainingLog.records(contentsOf: run.path + "/log.jsonl")
      let training = log.filter { $0.kind == "train" }.compactMap { $0["loss"] }
      let heldOut = log.filter { $0.kind == "evaluation" }.compactMap { $0["loss"] }
      #expect(run.step == 2 && run.notes.isEmpty && !training.isEmpty)
      #expect(run.training_losses == training.count && run.held_out_losses == heldOut.count)
      #expect(run.last_loss == training.last && run.last_held_out_loss == heldOut.last)
      #expect(run.best_held_out_loss == heldOut.min())
    }
  }

  /// Training records panels and events; reports show them, and lists sum up the runs.
  @Test func runsAreReported() throws {
    let work = try Workspace()
    let trained = try CajalProcess.run(
      work.training(
        steps: 2, "--panels", "2", "--tensorboard", "--checkpoint-every", "1", "--evaluate-every",
        "2"))
    try #require(trained.status == 0, "\(trained.errors)")
    let panels = RunPanels.folder(ofRun: work.run)
    #expect(try RunPanels.steps(in: panels) == [1, 2])
    // A panel of an abandoned continuation goes, and a later step of its events does not count.
    _ = try work.folder.write([1], to: "run/panels/step-00000009.png")
    let resumed = try CajalProcess.run([
      "train", "--resume", "--run", work.run, "--panels", "1", "--tensorboard", "--steps", "3",
    ])
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(try RunPanels.steps(in: panels) == [1, 2, 3])
    let events = try RecordedRun(contentsOf: work.run + "/tensorboard")
    #expect(events.notes.isEmpty && events.hasLosses)

    let evaluated = try CajalProcess.run([
      "evaluate", "--run", work.run, "--data", work.data, "--examples", "2", "--decoding",
      "zero-target", "--json",
    ])
    _ = try work.folder.write(Array(evaluated.output.utf8), to: "run/evaluation.json")
    let page = work.path + "/report.html"
    let reported = try CajalProcess.run([
      "report", work.run, work.run + "/tensorboard", "-o", page, "--title", "A & B",
    ])
    #expect(reported.status == 0 && reported.output == "\(page): 2 runs\n")
    #expect(reported.errors.isEmpty)
    let json = try CajalProcess.run([
      "report", work.run, work.run + "/tensorboard", "-o", work.path + "/other.html", "--json",
    ])
    let record = try JSONDecoder().decode(Reported.self, from: Data(json.output.utf8))
    #expect(
      record.output == work.path + "/other.html"
        && FileManager.default.fileExists(atPath: record.output))
    #expect(record.title == "run, tensorboard")
    #expect(record.runs.map(\.path) == [work.run, work.run + "/tensorboard"])
    #expect(record.runs.map(\.step) == [3, 3])
    let last = try TrainingLog.records(contentsOf: work.run + "/log.jsonl").last {
      $0.kind == "train"
    }
    #expect(record.runs[0].last_loss == last?["loss"])
    let html = try String(contentsOfFile: page, encoding: .utf8)
    for text in [
      "<h1>A &amp; B</h1>", "Loss over steps</h3>", "run: predictions</h3>",
      "tensorboard: predictions</h3>", "run: methods</caption>", "cajal2d_tiny", "3 of 3",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(html.matches(of: /<img src="data:image\/png;base64,/).count == 6)
    try list(work)
  }

  private struct Reported: Decodable {
    struct Run: Decodable {
      var name: String, path: String, step: Int, last_loss: Double
    }
    var output: String, title: String, runs: [Run]
  }

  private struct Listed: Decodable {
    var name: String, path: String, model: String, step: Int, steps: Int
    var last_loss: Double, best_held_out_loss: Double, updated: Date
  }

  private func list(_ work: Workspace) throws {
    let json = try CajalProcess.run(["runs", work.path, "--json"])
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let listed = try decoder.decode([Listed].self, from: Data(json.output.utf8))
    let run = try #require(listed.first)
    #expect(listed.count == 1 && run.name == "run" && run.path == work.run)
    #expect(run.model == "img2img-transformer" && run.step == 3 && run.steps == 3)
    let history = try TrainingLog.records(contentsOf: work.run + "/log.jsonl")
    #expect(run.last_loss == history.last { $0.kind == "train" }?["loss"])
    let table = try CajalProcess.run(["runs", work.path])
    let row = /run +cajal2d_tiny +cpu \([a-z0-9]+\) +3\/3 +\d\.\d{4} +\d\.\d{4} +\d{4}-\d\d-\d\d/
    #expect(table.output.contains(row))
    // Data are no runs.
    let empty = try CajalProcess.run(["runs", work.data])
    #expect(empty.status == 0 && empty.output == "there are no runs in \(work.data)\n")
  }
}
