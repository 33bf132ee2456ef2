import CajalSupport

/// Curves over a common axis, such as the losses of several runs.
///
/// ```swift
/// var chart = LineChart(title: "training loss", xLabel: "step", yLabel: "nats per value")
/// chart.addSeries("heads: 4", x: steps, y: losses)
/// try chart.rendered().write(to: "loss.png")
/// ```
public struct LineChart: Sendable {
  /// A named curve.
  struct Series {
    var name: String
    var points: [(x: Double, y: Double)]
    var color: Color

    /// Whether a point can be drawn; the bound keeps differences of two values finite.
    static func isDrawable(_ point: (x: Double, y: Double)) -> Bool {
      abs(point.x) <= 1e100 && abs(point.y) <= 1e100
    }
  }

  /// The title above the chart.
  public var title: String
  /// The label of the horizontal axis.
  public var xLabel: String
  /// The label of the vertical axis.
  public var yLabel: String
  /// The width of the picture in pixels.
  public let width: Int
  /// The height of the picture in pixels.
  public let height: Int
  /// The range of the vertical axis; nil for that of the values.
  public var yRange: ClosedRange<Double>?
  private(set) var series: [Series] = []

  /// A chart without curves. Traps unless it is at least 300 pixels wide and 200 high.
  public init(
    title: String, xLabel: String = "", yLabel: String = "", width: Int = 960, height: Int = 540
  ) {
    require(width >= 300 && height >= 200, "A chart is at least 300 by 200 pixels.")
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.width = width
    self.height = height
  }

  /// Adds a curve through points in the order given, with its name in the legend (empty for none; a
  /// legend that would take more than a third of the chart is cut). Points that are not finite, or
  /// beyond ±1e100, leave a gap.
  ///
  /// Traps unless there are as many `x` as `y`.
  ///
  /// - Parameters:
  ///   - name: the name in the legend.
  ///   - x: the horizontal coordinates.
  ///   - y: the vertical coordinates.
  ///   - color: by default the next of eight that are distinct with any color vision (Okabe and
  ///     Ito 2008).
  public mutating func addSeries(
    _ name: String, x: [Double], y: [Double], color: Color? = nil
  ) {
    require(x.count == y.count, "A curve has as many x as y.")
    series.append(
      Series(
        name: name, points: Array(zip(x, y)).map { (x: $0, y: $1) },
        color: color ?? Self.palette[series.count % Self.palette.count]))
  }

  private static let palette = [
    Color(red: 0, green: 114, blue: 178), Color(red: 213, green: 94, blue: 0),
    Color(red: 0, green: 158, blue: 115), Color(red: 204, green: 121, blue: 167),
    Color(red: 230, green: 159, blue: 0), Color(red: 86, green: 180, blue: 233),
    Color(red: 51, green: 51, blue: 51), Color(red: 200, green: 180, blue: 40),
  ]

  /// The chart as a picture.
  public func rendered() -> Image {
    let layout = Layout(self)
    var canvas = Canvas(width: width, height: height)
    layout.drawGridAndLabels(of: self, on: &canvas)
    for curve in series { layout.draw(curve, on: &canvas) }
    layout.drawAxes(on: &canvas)
    return canvas.image
  }
}
