import ArgumentParser
import Cajal
import CajalReports

/// `cajal chart`: draws the losses of runs.
struct ChartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chart",
    abstract: "Draw the losses of one or several runs over their steps, as SVG.",
    discussion: """
      Example: cajal chart --run runs/first -o loss.svg
      Example: cajal chart --run runs/first --run runs/second -o losses.svg

      Each run has a color: a thin line for the losses of batches, one through them that is \
      smoothed, and markers for held-out examples. Of models that are trained on something else \
      than nats, the nats of the batches are drawn where the log has them. cajal report makes a \
      page with more.
      """)

  @Option(name: .customLong("run"), help: "The folder of a run. May be repeated.")
  var folders: [String]

  @Option(name: .shortAndLong, help: "The chart to write, an .svg file.")
  var output: String

  @OptionGroup var results: ResultOutput

  func validate() throws {
    try PictureOutput.validate(output, as: "a chart", endings: ["svg"])
    if let twice = folders.firstRepeated {
      throw ValidationError("--run \(twice) is given twice")
    }
  }

  func run() throws {
    try PictureOutput.check(output, reading: folders)
    let runs = try RecordedRun.runs(contentsOf: folders)
    let progress = ProgressLine()
    for note in runs.flatMap(\.notes) { progress.say("note: \(note)") }
    if let empty = runs.first(where: { !$0.hasLosses }) {
      throw ValidationError("\(empty.path) has no losses yet")
    }
    guard let losses = LossChart(runs) else {
      throw ValidationError("\(folders[0]) has no losses yet")
    }
    var chart = losses.chart
    if runs.count == 1 { chart.title = folders[0] }
    try chart.write(to: output)
    try results.write(
      ChartRecord(output: output, unit: chart.yLabel, runs: runs.map(ChartRecord.Run.init)),
      text: "\(output): \(losses.summary)")
  }
}

extension [String] {
  /// The first text that has been there before.
  var firstRepeated: String? {
    var seen: Set<String> = []
    return first { !seen.insert($0).inserted }
  }
}
