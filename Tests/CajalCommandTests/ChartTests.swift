import Cajal
import Testing

@testable import CajalCommand

@Suite struct ChartTests {
  private func records(_ offset: Double) -> [LogRecord] {
    (1...4).map {
      LogRecord(kind: "train", step: 10 * $0, values: ["loss": offset + 1 / Double($0)])
    }
  }

  /// Each run is a curve with its name.
  @Test func severalRunsAreCompared() throws {
    let chart = try #require(
      LossChart(comparing: [("runs/a", records(1)), ("runs/b", records(2))]))
    #expect(chart.summary == "runs/a 1.2500, runs/b 2.2500 nats per sub-pixel")
    let alone = try #require(LossChart(comparing: [("runs/a", records(1))]))
    #expect(chart.image != alone.image)
    #expect(LossChart(comparing: [("runs/a", [])]) == nil)
  }

  @Test func runsAreNamedOnTheCommandLine() throws {
    let work = try Workspace()
    try work.train()
    let other = work.path + "/other"
    #expect(try CajalProcess.run(work.training(other, steps: 2, "--seed", "2")).status == 0)
    let picture = work.path + "/losses.png"
    let drawn = try CajalProcess.run([
      "chart", "--run", work.run, "--run", other, "-o", picture,
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    #expect(drawn.output.hasPrefix("\(picture): \(work.run) ") && drawn.output.contains(other))
    _ = try Image(contentsOf: picture)
    let twice = try CajalProcess.run([
      "chart", "--run", work.run, "--run", work.run, "-o", picture,
    ])
    #expect(twice.status == 2 && twice.errors.contains("--run \(work.run) is given twice"))
  }
}
