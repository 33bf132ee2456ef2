extension LineChart {
  /// The drawing of a chart's plot: grid, axes, curves and the numbers along the axes.
  ///
  /// Places are percentages of the surrounding `svg` element, and curves are in one of their own
  /// that is stretched, so that a plot of any width has texts, lines and markers of the same size.
  struct Drawing {
    /// Units across and down the stretched element.
    private static let extent = 1000.0
    /// Markers closer than this share of the width are left out; the line passes through their
    /// points.
    private static let markerDistance = 0.04

    let horizontal: ChartAxis
    let vertical: ChartAxis
    private let series: [Series]

    /// Whether the beginning of curves is above the drawing.
    private let isCut: Bool

    init(_ chart: LineChart, xTicks: Int, yTicks: Int) {
      series = chart.series
      let points = chart.drawablePoints
      let shown = chart.pointsWithoutBeginning
      isCut = shown != nil
      horizontal = ChartAxis(
        values: points.map(\.x), range: nil, roundsOutwards: false, tickCount: xTicks)
      vertical = ChartAxis(
        values: (shown ?? points).map(\.y), range: nil, roundsOutwards: true, tickCount: yTicks)
    }

    /// The largest value that is drawn.
    private var top: Double { vertical.upper }

    /// What is cut off, as a sentence; `nil` where nothing is.
    var note: String? {
      isCut ? "Values above \(Numeral.short(top)) at the beginning are cut off." : nil
    }

    /// The content of an `svg` element that is the plot's rectangle.
    var markup: Markup {
      let curves = series.map(curve)
      return """
        \(grid)<svg width="100%" height="100%" viewBox="0 0 1000 1000" preserveAspectRatio="none" \
        overflow="\(isCut ? "hidden" : "visible")">\(curves)</svg>\(series.filter { $0.style == .points }.map(markers))
        """
    }

    private var grid: Markup {
      let rows = vertical.ticks.map { tick -> Markup in
        let y = Numeral.percentage(1 - vertical.fraction(tick.value))
        return """
          <line class="grid" x1="0" x2="100%" y1="\(y)" y2="\(y)"/>\
          <text class="tick" x="-8" y="\(y)" dy="4" text-anchor="end">\(tick.label)</text>
          """
      }
      let columns = horizontal.ticks.map { tick -> Markup in
        let fraction = horizontal.fraction(tick.value)
        let x = Numeral.percentage(fraction)
        return """
          <line class="grid" x1="\(x)" x2="\(x)" y1="0" y2="100%"/>\
          <text class="tick" x="\(x)" y="100%" dy="18" text-anchor="middle">\(tick.label)</text>
          """
      }
      return """
        \(rows)\(columns)<line class="axis" x1="0" x2="100%" y1="100%" y2="100%"/>\
        <line class="axis" x1="0" x2="0" y1="0" y2="100%"/>
        """
    }

    private func curve(_ series: Series) -> Markup {
      let pieces = Thinning.pieces(series.points) { x in
        Int(horizontal.fraction(x) * Double(Thinning.columns))
      }
      guard !pieces.isEmpty else { return "" }
      var path = ""
      for piece in pieces {
        var previous = place(piece[0])
        path += "M\(previous.x) \(previous.y)"
        // A piece of one point is a line of no length, which round ends make a dot.
        if piece.count == 1 { path += "h0" }
        for point in piece.dropFirst() {
          let next = place(point)
          let (dx, dy) = (next.x - previous.x, next.y - previous.y)
          path += dy < 0 ? "l\(dx)\(dy)" : "l\(dx) \(dy)"
          previous = next
        }
      }
      return "<path class=\"\(Self.classes(series))\" d=\"\(path)\"/>"
    }

    /// The classes of a curve in the style sheet.
    static func classes(_ series: Series) -> String {
      let (color, form) = ChartStyle.parts(ofLook: series.look)
      let dash = series.style == .line && form > 0 ? " d\(form)" : ""
      return "curve \(series.style.rawValue) s\(color)\(dash)"
    }

    private func place(_ point: Point) -> (x: Int, y: Int) {
      (
        Int((horizontal.fraction(point.x) * Self.extent).rounded()),
        Int(((1 - vertical.fraction(point.y)) * Self.extent).rounded())
      )
    }

    private func markers(_ series: Series) -> Markup {
      let (color, form) = ChartStyle.parts(ofLook: series.look)
      var previous = -Double.infinity
      let drawable = series.points.filter(\.isDrawable)
      return Markup(
        drawable.enumerated().map { index, point -> Markup in
          let x = horizontal.fraction(point.x)
          let isApart = abs(x - previous) >= Self.markerDistance
          guard isApart || index == drawable.count - 1, point.y <= top else { return "" }
          previous = x
          let y = Numeral.percentage(1 - vertical.fraction(point.y))
          return
            "<use class=\"k\(color)\" href=\"#m\(form)\" x=\"\(Numeral.percentage(x))\" y=\"\(y)\"/>"
        })
    }

    /// A sample of a curve for the legend, 34 by 12 pixels.
    static func swatch(_ series: Series) -> Markup {
      let (color, form) = ChartStyle.parts(ofLook: series.look)
      let line: Markup = "<path class=\"\(classes(series))\" d=\"M1 6H33\"/>"
      guard series.style == .points else { return line }
      return "\(line)<use class=\"k\(color)\" href=\"#m\(form)\" x=\"17\" y=\"6\"/>"
    }
  }
}
