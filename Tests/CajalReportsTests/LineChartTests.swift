import Foundation
import Testing

@testable import CajalReports

@Suite struct LineChartTests {
  /// The first curve's path as absolute points of 0 to 1000.
  private func path(_ chart: LineChart) throws -> [(x: Int, y: Int)] {
    let document = XMLDocumentReader(chart.svg())
    let curve = try #require(
      document.elements("path").first { $0.attributes["class"]?.hasPrefix("curve") == true })
    let place = try #require(curve.attributes["d"]).matches(of: /([Mlh])(-?\d+)(?: ?(-?\d+))?/)
    var points: [(x: Int, y: Int)] = []
    for match in place where match.1 != "h" {
      let (x, y) = (Int(match.2) ?? 0, match.3.flatMap { Int($0) } ?? 0)
      let last = match.1 == "M" ? (x: 0, y: 0) : points[points.count - 1]
      points.append((last.x + x, last.y + y))
    }
    return points
  }

  @Test func curvesArePlacedByTheirValues() throws {
    var chart = LineChart(title: "", xLabel: "x")
    chart.addSeries("", x: [0, 1, 2, 4], y: [0, 2, 1, 2])
    let points = try path(chart)
    #expect(points.map(\.x) == [0, 250, 500, 1000] && points.map(\.y) == [1000, 0, 500, 0])
  }

  /// Every possible log is drawn: no points, one point, gaps, and values of any size.
  @Test(arguments: [
    [], [1], [3, 3, 3], [.nan], [1, .nan, 2, .infinity, 3], [1e-9, 2e-9], [-1e12, 1e12],
    [0, 0], [1e300, -1e300], [1e-300, 0], [1, 1 + 1e-15], [123_456, 123_457],
  ])
  func oddValuesAreDrawn(values: [Double]) {
    var chart = LineChart(title: "t & <u>", xLabel: "x", yLabel: "y")
    let names = ["a", "a name that is much too long for the picture, which is narrow", ""]
    for style in [LineChart.Style.raw, .line, .points] {
      for name in names {
        chart.addSeries(name, x: values.indices.map { Double($0) }, y: values, style: style)
      }
    }
    chart.addSeries("values across", x: values, y: values)
    let svg = XMLDocumentReader(chart.svg(width: 300, height: 200))
    #expect(svg.failure == nil && svg.elements[0].attributes["width"] == "300")
    #expect(svg.elements("title").map(\.text) == ["t & <u>"])
    let figure = XMLDocumentReader(
      "<html>\(Report.figure(chart, id: "c", isWide: true).text)</html>")
    #expect(figure.failure == nil)
  }

  @Test func numbersOnAxesAreShort() throws {
    let cases: [(ClosedRange<Double>, [String])] = [
      (0...5, ["0", "1", "2", "3", "4", "5"]),
      (0...0.5, ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
      (-1...1, ["-1.0", "-0.5", "0", "0.5", "1.0"]),
      (0...50_000, ["0", "10k", "20k", "30k", "40k", "50k"]),
      (0...2e-5, ["0", "0.5e-5", "1.0e-5", "1.5e-5", "2.0e-5"]),
    ]
    for (range, labels) in cases {
      let axis = ChartAxis(values: [], range: range, roundsOutwards: true, tickCount: 5)
      #expect(axis.ticks.map(\.label) == labels)
    }
  }

  /// A hundred thousand values are drawn with the least and the largest of each column, and a gap.
  @Test func thinningKeepsExtremesOfColumns() {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0 ... .max, using: &generator)
    var state = seed | 1
    let points = (0..<100_000).map { index -> LineChart.Point in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = index == 40_000 ? Double.nan : Double(state >> 11)
      return LineChart.Point(x: Double(index), y: value)
    }
    let column = { (x: Double) in Int(x) / 200 }
    let pieces = Thinning.pieces(points, column: column)
    #expect(pieces.count == 2, "seed \(seed)")
    let kept = pieces.flatMap { $0 }
    #expect(kept.count <= 4 * 501)
    let all = Dictionary(grouping: points.filter(\.isDrawable)) { column($0.x) }
    let thin = Dictionary(grouping: kept) { column($0.x) }
    for (place, values) in all {
      #expect(thin[place]?.map(\.y).min() == values.map(\.y).min(), "seed \(seed)")
      #expect(thin[place]?.map(\.y).max() == values.map(\.y).max(), "seed \(seed)")
      #expect(thin[place]?.first == values.first && thin[place]?.last == values.last)
    }
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x < $1.x })
  }

  @Test func tablesHaveEveryValueOrTheirRange() {
    var few = LineChart(title: "")
    few.addSeries("a", x: [10, 20], y: [1.5, 2])
    few.addSeries("b", x: [20, 30], y: [3, .nan])
    let exact = LineChart.Table(few)
    #expect(!exact.isBinned && exact.columns == ["a", "b"])
    #expect(exact.rows.map(\.title) == ["10", "20"])
    #expect(exact.rows.map(\.cells) == [["1.5", ""], ["2", "3"]])

    var many = LineChart(title: "")
    many.addSeries("a", x: (0...400).map(Double.init), y: (0...400).map(Double.init))
    let binned = LineChart.Table(many)
    #expect(binned.isBinned && binned.rows.count == 40)
    #expect(binned.rows[0].title == "0 to 10" && binned.rows[0].cells == ["4.5 (0 to 9)"])
    #expect(binned.rows[39].cells == ["395 (390 to 400)"])
  }

  @Test func manyRunsLookDifferent() {
    let looks = (0..<64).map { ChartStyle.parts(ofLook: $0) }
    #expect(Set(looks.map { [$0.color, $0.form] }).count == 64)
    #expect(Set(looks.prefix(8).map(\.color)).count == 8 && looks[0] == (0, 0))
  }

  /// A beginning far above the rest is cut off, and said so; a peak later is not.
  @Test func beginningsAreCutOff() {
    func note(_ y: [Double]) -> String? {
      var chart = LineChart(title: "")
      chart.addSeries("a", x: y.indices.map(Double.init), y: y, style: .raw)
      return LineChart.Drawing(chart, xTicks: 5, yTicks: 5).note
    }
    let fall = (0..<100).map { 1 + 4 * exp(-Double($0)) }
    #expect(note(fall) != nil)
    var peak = fall
    peak[60] = 5
    #expect(note(peak) == nil)
    #expect(note(Array(fall.prefix(10))) == nil)
  }
}
