import CajalSupport

/// Curves over a common axis, such as the losses of several runs, drawn as SVG.
///
/// ```swift
/// var chart = LineChart(title: "training loss", xLabel: "step", yLabel: "nats per value")
/// chart.addSeries("heads: 4", x: steps, y: losses)
/// try chart.write(to: "loss.svg")
/// ```
///
/// Curves differ in color, dashes and markers, so that none of these is needed to tell them apart.
public struct LineChart: Sendable {
  /// How a curve is drawn.
  public enum Style: String, Sendable, Hashable {
    /// A thin and pale line, for values before smoothing.
    case raw
    /// A line, dashed from the second color on.
    case line
    /// A thin line with markers.
    case points
  }

  struct Point: Sendable, Hashable {
    var x: Double, y: Double

    /// Whether the point can be drawn; the bound keeps differences of two values finite.
    var isDrawable: Bool { abs(x) <= 1e100 && abs(y) <= 1e100 }
  }

  /// A named curve.
  struct Series: Sendable {
    var name: String
    var points: [Point]
    var style: Style
    /// The number of the color, dashes and marker.
    var look: Int
  }

  /// The title above the chart.
  public var title: String
  /// The label of the horizontal axis.
  public var xLabel: String
  /// The label of the vertical axis.
  public var yLabel: String
  private(set) var series: [Series] = []

  /// A chart without curves.
  public init(title: String, xLabel: String = "", yLabel: String = "") {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
  }

  /// Adds a curve through points in the order given. Points that are not finite, or beyond ±1e100,
  /// leave a gap.
  ///
  /// Traps unless there are as many `x` as `y`.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; empty for none.
  ///   - x: The horizontal coordinates.
  ///   - y: The vertical coordinates.
  ///   - style: How it is drawn.
  ///   - look: The number of its color, dashes and marker, of which 64 are distinct; curves of one
  ///     run share it. By default the number of the curves before it.
  public mutating func addSeries(
    _ name: String, x: [Double], y: [Double], style: Style = .line, look: Int? = nil
  ) {
    require(x.count == y.count, "A curve has as many x as y.")
    let points = zip(x, y).map { Point(x: $0, y: $1) }
    series.append(Series(name: name, points: points, style: style, look: look ?? series.count))
  }

  /// The curves that the legend names: raw values only where there is one curve of them, since each
  /// is of the color of its smoothed one.
  var legend: [Series] {
    let raw = series.count { $0.style == .raw }
    return series.filter { !$0.name.isEmpty && ($0.style != .raw || raw == 1) }
  }

  /// The points of all curves that can be drawn.
  var drawablePoints: [Point] { series.flatMap { $0.points.lazy.filter(\.isDrawable) } }

  /// The share of a curve that counts as its beginning: the least that is enough.
  private static let beginnings = [0.02, 0.05, 0.1]

  /// The points without the beginning of each curve, where that would take more than half of the
  /// height of a chart with raw values: losses begin far above what they are about.
  var pointsWithoutBeginning: [Point]? {
    guard series.contains(where: { $0.style == .raw }) else { return nil }
    let all = drawablePoints.map(\.y)
    guard let lowest = all.min(), let highest = all.max() else { return nil }
    return Self.beginnings.lazy.map { points(withoutFirst: $0) }.first { rest in
      guard let top = rest.lazy.map(\.y).max() else { return false }
      let isLowestThere = rest.contains { $0.y == lowest }
      return isLowestThere && top > lowest && top - lowest < (highest - lowest) / 2
    }
  }

  private func points(withoutFirst share: Double) -> [Point] {
    series.flatMap { curve -> [Point] in
      let skipped = curve.points.count > 20 ? Int(Double(curve.points.count) * share) : 0
      return curve.points.dropFirst(skipped).filter(\.isDrawable)
    }
  }
}
