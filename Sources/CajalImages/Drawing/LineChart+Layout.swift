extension LineChart {
  /// The layout of a chart, and the mapping of values to pixels.
  struct Layout {
    static let textScale = 2
    static let lineHeight = BitmapFont.glyphHeight * textScale
    static let gap = 10

    let horizontal: ChartAxis
    let vertical: ChartAxis
    /// The plot's first column and row and its last ones.
    let left: Int
    let top: Int
    let right: Int
    let bottom: Int
    /// The rows of the legend, each with the curves it names.
    private let legend: [[Series]]

    init(_ chart: LineChart) {
      let points = chart.series.flatMap(\.points).filter(Series.isDrawable)
      let (gap, lineHeight) = (Self.gap, Self.lineHeight)
      legend = Array(Self.legendRows(chart).prefix(chart.height / 3 / (lineHeight + gap)))
      let heading = (chart.title.isEmpty ? 0 : 1) + max(legend.count, chart.yLabel.isEmpty ? 0 : 1)
      top = gap + heading * (lineHeight + gap) + gap / 2
      bottom =
        chart.height - 1 - 2 * gap - lineHeight - (chart.xLabel.isEmpty ? 0 : lineHeight + gap)
      vertical = ChartAxis(
        values: points.map(\.y), range: chart.yRange, roundsOutwards: true,
        tickCount: max((bottom - top) / 60, 2))
      let labelWidth = vertical.ticks.map { Self.width(of: $0.label) }.max() ?? 0
      left = min(2 * gap + labelWidth, chart.width / 2)
      right = chart.width - 1 - 3 * gap
      horizontal = ChartAxis(
        values: points.map(\.x), range: nil, roundsOutwards: false,
        tickCount: max((right - left) / 110, 2))
    }

    static func width(of text: String) -> Int { BitmapFont.width(of: text) * textScale }

    private static let swatch = 22

    private static func legendWidth(of name: String) -> Int {
      swatch + gap / 2 + width(of: name) + 2 * gap
    }

    /// Breaks the legend into rows as wide as the chart; the first one leaves room for the label
    /// of the vertical axis.
    private static func legendRows(_ chart: LineChart) -> [[Series]] {
      var rows: [[Series]] = []
      var room = 0
      for curve in chart.series where !curve.name.isEmpty {
        let needed = legendWidth(of: curve.name)
        if rows.isEmpty || needed > room {
          room = chart.width - 4 * gap - (rows.isEmpty ? width(of: chart.yLabel) + 2 * gap : 0)
          rows.append([])
        }
        rows[rows.count - 1].append(curve)
        room -= needed
      }
      return rows
    }

    func column(_ x: Double) -> Double {
      Double(left) + horizontal.fraction(x) * Double(right - left)
    }

    func row(_ y: Double) -> Double { Double(bottom) - vertical.fraction(y) * Double(bottom - top) }

    func drawGridAndLabels(of chart: LineChart, on canvas: inout Canvas) {
      let (gap, lineHeight, scale) = (Self.gap, Self.lineHeight, Self.textScale)
      for tick in vertical.ticks {
        let y = Int(row(tick.value).rounded())
        canvas.fill(x: left, y: y, width: right - left + 1, height: 1, .grid)
        canvas.draw(
          tick.label, x: left - gap - Self.width(of: tick.label), y: y - lineHeight / 2,
          scale: scale, .softInk)
      }
      for tick in horizontal.ticks {
        let x = Int(column(tick.value).rounded())
        canvas.fill(x: x, y: top, width: 1, height: bottom - top + 1, .grid)
        canvas.draw(
          tick.label, x: x - Self.width(of: tick.label) / 2, y: bottom + gap, scale: scale, .softInk
        )
      }
      canvas.draw(
        chart.title, x: (chart.width - Self.width(of: chart.title)) / 2, y: gap, scale: scale, .ink)
      let belowTitle = gap + (chart.title.isEmpty ? 0 : lineHeight + gap)
      canvas.draw(chart.yLabel, x: gap, y: belowTitle, scale: scale, .softInk)
      canvas.draw(
        chart.xLabel, x: (left + right - Self.width(of: chart.xLabel)) / 2,
        y: bottom + 2 * gap + lineHeight, scale: scale, .softInk)
      drawLegend(y: belowTitle, on: &canvas)
    }

    /// Draws the legend's rows, flush right.
    private func drawLegend(y: Int, on canvas: inout Canvas) {
      var y = y
      for curves in legend {
        var x = right + 2 * Self.gap - curves.reduce(0) { $0 + Self.legendWidth(of: $1.name) }
        for curve in curves {
          canvas.fill(
            x: x, y: y + Self.lineHeight / 2 - 2, width: Self.swatch, height: 4, curve.color)
          canvas.draw(
            curve.name, x: x + Self.swatch + Self.gap / 2, y: y, scale: Self.textScale, .ink)
          x += Self.legendWidth(of: curve.name)
        }
        y += Self.lineHeight + Self.gap
      }
    }

    func drawAxes(on canvas: inout Canvas) {
      canvas.fill(x: left, y: top, width: 1, height: bottom - top + 1, .ink)
      canvas.fill(x: left, y: bottom, width: right - left + 1, height: 1, .ink)
    }

    func draw(_ curve: Series, on canvas: inout Canvas) {
      var stroke = Stroke(left: left, top: top, right: right, bottom: bottom)
      var previous: (x: Double, y: Double)?
      for point in curve.points {
        guard Series.isDrawable(point) else {
          previous = nil
          continue
        }
        let place = (x: column(point.x), y: row(point.y))
        stroke.addSegment(from: previous ?? place, to: place)
        previous = place
      }
      stroke.draw(on: &canvas, curve.color)
    }
  }
}
