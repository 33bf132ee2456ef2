import CajalSupport
import Foundation

/// The losses of runs as curves: of batches, raw and smoothed, and of held-out examples.
public struct LossChart: Sendable {
  /// What losses are drawn against.
  public enum Axis: Sendable, Hashable {
    /// The number of updates.
    case steps
    /// The seconds of training: of event files the wall time since their first value.
    case time
  }

  /// The curves.
  public let chart: LineChart
  /// The last losses in words.
  public let summary: String

  /// The curves of one or several runs; `nil` where none has losses.
  ///
  /// Runs that have `nats` beside a training loss that is something else are drawn with those. The
  /// legend has the lag-1 autocorrelation of the training losses.
  ///
  /// - Parameters:
  ///   - runs: The runs, each of which has a color.
  ///   - axis: What losses are drawn against.
  public init?(_ runs: [RecordedRun], over axis: Axis = .steps) {
    let unit = Self.unit(of: runs)
    let scale = axis == .steps ? nil : TimeUnit.suited(to: Self.longestTime(of: runs))
    var chart = LineChart(
      title: axis == .steps ? "Loss over steps" : "Loss over time",
      xLabel: scale.map { "time (\($0.name))" } ?? "step", yLabel: unit)
    var last: [(String, Double?)] = []
    for (look, run) in runs.enumerated() {
      let prefix = runs.count == 1 ? "" : run.name + ", "
      func abscissas(_ values: Measurements) -> [Double] {
        scale.map { scale in values.seconds.map { $0 / scale.seconds } }
          ?? values.steps.map(Double.init)
      }
      var final: Double?
      if let values = run.losses(.training)?.measurements {
        let (x, smoothed) = (abscissas(values), Statistics.smoothed(values.values))
        chart.addSeries("\(prefix)training", x: x, y: values.values, style: .raw, look: look)
        let name = runs.count == 1 ? "training, smoothed" : run.name
        chart.addSeries(
          name + Self.autocorrelation(values.values), x: x, y: smoothed, look: look)
        final = smoothed.last { $0.isFinite }
        if runs.count == 1 { last.append(("training", final)) }
      }
      if let values = run.losses(.heldOut)?.measurements {
        chart.addSeries(
          "\(prefix)held out", x: abscissas(values), y: values.values, style: .points,
          look: runs.count == 1 ? 1 : look)
        if runs.count == 1 { last.append(("held out", values.values.last)) }
        final = final ?? values.values.last
      }
      if runs.count > 1, let final { last.append((run.name, final)) }
    }
    guard chart.series.contains(where: { !$0.points.isEmpty }) else { return nil }
    self.chart = chart
    summary =
      last.compactMap { name, value in value.map { "\(name) " + String(format: "%.4f", $0) } }
      .joined(separator: ", ") + (unit == "loss" ? "" : " " + unit)
  }

  /// `, ac=0.987`: with three decimals, rounded down.
  private static func autocorrelation(_ values: [Double]) -> String {
    Statistics.autocorrelation(values).map {
      ", ac=" + String(format: "%.3f", ($0 * 1000).rounded(.down) / 1000)
    } ?? ""
  }

  private static func longestTime(of runs: [RecordedRun]) -> Double {
    [Measurements.Kind.training, .heldOut].flatMap { kind in
      runs.compactMap { $0.losses(kind)?.measurements.seconds.last { $0.isFinite } }
    }.max() ?? 0
  }

  /// The unit of the losses, where it is known and the same for all.
  private static func unit(of runs: [RecordedRun]) -> String {
    runs.allSatisfy(\.hasLossesInNats) ? "nats per sub-pixel" : "loss"
  }
}

extension RecordedRun {
  /// The measures that the log of every run has.
  static let commonMeasures: Set = [
    "loss", "learning_rate", "gradient_norm", "images_per_second",
  ]

  /// Whether the losses are known to be nats: the log has them by that name, or it is of a model of
  /// pictures whose loss has no other terms.
  fileprivate var hasLossesInNats: Bool {
    let names = measurements.keys.filter { $0.kind == .training }.map(\.name)
    return names.contains("nats")
      || configuration["problem"] != nil && Set(names).isSubset(of: Self.commonMeasures)
  }
}
