import Cajal

/// The losses in logs as curves.
struct LossChart {
  /// The curves.
  let image: Image
  /// The last losses in words.
  let summary: String

  private static let yLabel = "nats per sub-pixel"

  /// The curves of a run: of the batches, smoothed, and of held-out examples; `nil` for a log
  /// without losses.
  init?(_ records: [LogRecord], title: String) {
    let (training, heldOut) = (Losses(records, "train"), Losses(records, "evaluation"))
    guard !training.values.isEmpty || !heldOut.values.isEmpty else { return nil }
    let smoothed = Self.smoothed(training.values)
    var chart = LineChart(title: title, xLabel: "step", yLabel: Self.yLabel)
    let pale = Color(red: 178, green: 208, blue: 230)
    if !training.values.isEmpty {
      chart.addSeries("training", x: training.steps, y: training.values, color: pale)
      chart.addSeries("training, smoothed", x: training.steps, y: smoothed)
    }
    if !heldOut.values.isEmpty {
      chart.addSeries("held out", x: heldOut.steps, y: heldOut.values)
    }
    image = chart.rendered()
    summary = Self.summary([("training", smoothed.last), ("held out", heldOut.values.last)])
  }

  /// A curve for each run: its training losses, smoothed, or for a log without those the held-out
  /// ones. `nil` where no run has losses.
  init?(comparing runs: [(name: String, records: [LogRecord])]) {
    var chart = LineChart(
      title: "smoothed training loss", xLabel: "step", yLabel: Self.yLabel)
    var last: [(String, Double?)] = []
    for run in runs {
      var losses = Losses(run.records, "train")
      if losses.values.isEmpty { losses = Losses(run.records, "evaluation") }
      guard !losses.values.isEmpty else { continue }
      let smoothed = Self.smoothed(losses.values)
      chart.addSeries(run.name, x: losses.steps, y: smoothed)
      last.append((run.name, smoothed.last))
    }
    guard !last.isEmpty else { return nil }
    image = chart.rendered()
    summary = Self.summary(last)
  }

  /// The losses of one kind in a log: nats where they are there beside a training loss that is
  /// something else.
  private struct Losses {
    let steps: [Double], values: [Double]

    init(_ records: [LogRecord], _ kind: String) {
      let records = records.filter { $0.kind == kind }
      let name = records.contains { $0["nats"] != nil } ? "nats" : "loss"
      let found = records.filter { $0[name] != nil }
      steps = found.map { Double($0.step) }
      values = found.compactMap { $0[name] }
    }
  }

  private static func summary(_ last: [(name: String, value: Double?)]) -> String {
    last.compactMap { name, value in value.map { "\(name) \(Figures.fixed($0, 4))" } }
      .joined(separator: ", ") + " " + yLabel
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
