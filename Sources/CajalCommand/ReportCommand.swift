import ArgumentParser
import Cajal
import CajalReports

/// `cajal report`: makes a page about runs.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make one page about runs: losses, other measures, predictions, configurations.",
    discussion: """
      Example: cajal report runs/first -o report.html
      Example: cajal report runs/* other/tensorflow-run -o report.html

      The page is a single file that needs no network. A run is a run folder, or a folder with \
      TensorBoard's event files of any program. A run folder's evaluation.json is shown as tables \
      (cajal evaluate --run RUN --data DATA --json > RUN/evaluation.json), and so are the panels \
      that cajal train --panels draws. Damaged files are read as far as they are whole.
      """)

  @Argument(help: "The folders of the runs, or event files.")
  var runs: [String]

  @Option(name: .shortAndLong, help: "The page to write, an .html file.")
  var output: String

  @Option(help: "The heading of the page; by default the names of the runs.")
  var title: String?

  @OptionGroup var results: ResultOutput

  func validate() throws {
    try PictureOutput.validate(output, as: "a report", endings: ["html", "htm"])
    if let twice = runs.firstRepeated { throw ValidationError("\(twice) is given twice") }
  }

  func run() throws {
    try PictureOutput.check(output, reading: runs)
    let recorded = try RecordedRun.runs(contentsOf: runs)
    let progress = ProgressLine()
    for note in recorded.flatMap(\.notes) { progress.say("note: \(note)") }
    let report = Report(recorded, title: title)
    try report.write(to: output)
    try results.write(
      ReportRecord(output: output, title: report.title, runs: recorded.map(RunRecord.init)),
      text: "\(output): \(runs.count) \(runs.count == 1 ? "run" : "runs")")
  }
}
