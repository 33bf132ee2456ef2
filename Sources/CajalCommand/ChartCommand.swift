import ArgumentParser
import Cajal

/// `cajal chart`: draws the losses of a training.
struct ChartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chart",
    abstract: "Draw the losses of a training over its steps.",
    discussion: "Example: cajal chart --run runs/first -o loss.png")

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var picture: PictureOutput

  func run() throws {
    try picture.check(reading: [runOptions.folder])
    let log = try RunFolder(existing: runOptions.folder).logPath
    let records = try TrainingLog.records(contentsOf: log)
    guard let chart = LossChart(records, title: runOptions.folder) else {
      throw ValidationError("\(log) has no losses yet")
    }
    try chart.image.write(to: picture.output)
    print("\(picture.output): \(chart.summary)")
  }
}

/// The losses in a log as curves: of the batches, smoothed, and of held-out examples.
struct LossChart {
  /// The curves.
  let image: Image
  /// The last losses in words.
  let summary: String

  /// The curves, or `nil` for a log without losses.
  init?(_ records: [LogRecord], title: String) {
    func losses(_ kind: String) -> (steps: [Double], values: [Double]) {
      let found = records.filter { $0.kind == kind && $0["loss"] != nil }
      return (found.map { Double($0.step) }, found.compactMap { $0["loss"] })
    }
    let (training, heldOut) = (losses("train"), losses("evaluation"))
    guard !training.values.isEmpty || !heldOut.values.isEmpty else { return nil }
    let smoothed = Self.smoothed(training.values)
    var chart = LineChart(title: title, xLabel: "step", yLabel: "nats per sub-pixel")
    let pale = Colour(red: 178, green: 208, blue: 230)
    if !training.values.isEmpty {
      chart.addSeries("training", x: training.steps, y: training.values, colour: pale)
      chart.addSeries("training, smoothed", x: training.steps, y: smoothed)
    }
    if !heldOut.values.isEmpty {
      chart.addSeries("held out", x: heldOut.steps, y: heldOut.values)
    }
    image = chart.rendered()
    let last = [("training", smoothed.last), ("held out", heldOut.values.last)]
    summary =
      last.compactMap { name, value in
        value.map { "\(name) \(Figures.fixed($0, 4))" }
      }.joined(separator: ", ") + " nats per sub-pixel"
  }

  /// An exponential moving average over about a fiftieth of the values, corrected for its start as
  /// Adam's moments are.
  static func smoothed(_ values: [Double]) -> [Double] {
    let decay = 1 - 1 / max(1, Double(values.count) / 50)
    var (sum, weight) = (0.0, 0.0)
    return values.map { value in
      sum = decay * sum + (1 - decay) * value
      weight = decay * weight + (1 - decay)
      return sum / weight
    }
  }
}
