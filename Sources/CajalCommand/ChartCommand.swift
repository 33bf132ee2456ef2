import ArgumentParser
import Cajal

/// `cajal chart`: draws the losses of runs.
struct ChartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chart",
    abstract: "Draw the losses of one or several runs over their steps.",
    discussion: """
      Example: cajal chart --run runs/first -o loss.png
      Example: cajal chart --run runs/first --run runs/second -o losses.png

      A run alone is drawn with the losses of its batches and of held-out examples; of several \
      runs each is one curve, its smoothed training loss. Of models that are trained on something \
      else than nats, the nats of the batches are drawn where the log has them.
      """)

  @Option(name: .customLong("run"), help: "The folder of a run. May be repeated.")
  var folders: [String]

  @OptionGroup var picture: PictureOutput

  func validate() throws {
    for (index, folder) in folders.enumerated() where folders[..<index].contains(folder) {
      throw ValidationError("--run \(folder) is given twice")
    }
  }

  func run() throws {
    try picture.check(reading: folders)
    let runs = try folders.map { folder in
      let log = try RunFolder(existing: folder).logPath
      return (name: folder, log: log, records: try TrainingLog.records(contentsOf: log))
    }
    if let empty = runs.first(where: { !$0.records.contains { $0["loss"] != nil } }) {
      throw ValidationError("\(empty.log) has no losses yet")
    }
    let chart =
      runs.count == 1
      ? LossChart(runs[0].records, title: runs[0].name)
      : LossChart(comparing: runs.map { ($0.name, $0.records) })
    guard let chart else { throw ValidationError("\(runs[0].log) has no losses yet") }
    try chart.image.write(to: picture.output)
    print("\(picture.output): \(chart.summary)")
  }
}
