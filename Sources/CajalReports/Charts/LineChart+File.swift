import CajalSupport

extension LineChart {
  /// The chart as an SVG file, with a light and a dark color scheme.
  ///
  /// Traps unless it is at least 300 pixels wide and 200 high.
  ///
  /// - Parameters:
  ///   - width: The width in pixels.
  ///   - height: The height in pixels.
  public func svg(width: Int = 960, height: Int = 540) -> String {
    require(width >= 300 && height >= 200, "A chart is at least 300 by 200 pixels.")
    let (left, right, lineHeight) = (72, 24, 20)
    let legend = legendRows(width: width - left - right)
      .prefix(max(1, height / 3 / lineHeight))
    let top = 16 + (title.isEmpty ? 0 : lineHeight) + (legend.count + 1) * lineHeight
    let plot = (width: width - left - right, height: height - top - 52)
    let drawing = Drawing(
      self, xTicks: max(plot.width / 110, 2), yTicks: max(plot.height / 60, 2))
    let rows = legend.enumerated().map { number, row in
      legendRow(row, left: left, top: 12 + (number + (title.isEmpty ? 0 : 1)) * lineHeight)
    }
    let document: Markup = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="title description">
      <title id="title">\(title)</title><desc id="description">\(summary)</desc>
      <style>\(Markup(stringLiteral: ChartStyle.sheet))</style>\(ChartStyle.definitions)
      <rect class="paper" width="100%" height="100%"/>
      <text class="label" x="\(width / 2)" y="22" text-anchor="middle" font-weight="bold">\(title)</text>
      \(rows)
      <text class="tick" x="12" y="\(top - 10)">\(yLabel)</text>
      <svg x="\(left)" y="\(top)" width="\(plot.width)" height="\(plot.height)" overflow="visible">\
      \(drawing.markup)</svg>
      <text class="tick" x="\(left + plot.width / 2)" y="\(height - 12)" text-anchor="middle">\(xLabel)</text>
      \(drawing.note.map { note(width: width, height: height, $0) } ?? "")</svg>

      """
    return document.text
  }

  /// Writes the chart as an SVG file, atomically.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    try Files.writeAtomically(to: path, Array(svg().utf8))
  }

  private func note(width: Int, height: Int, _ text: String) -> Markup {
    """
    <text class="tick" x="\(width - 24)" y="\(height - 12)" text-anchor="end">\(text)</text>

    """
  }

  /// An estimate of the width of a legend's text, which only a browser knows.
  private static func width(of name: String) -> Int { 48 + name.count * 7 }

  /// The legend, broken into rows.
  private func legendRows(width: Int) -> [[Series]] {
    var rows: [[Series]] = []
    var room = 0
    for curve in legend {
      let needed = Self.width(of: curve.name)
      if rows.isEmpty || needed > room {
        room = width
        rows.append([])
      }
      rows[rows.count - 1].append(curve)
      room -= needed
    }
    return rows
  }

  private func legendRow(_ row: [Series], left: Int, top: Int) -> Markup {
    var x = left
    return Markup(
      row.map { curve in
        defer { x += Self.width(of: curve.name) }
        return """
          <svg x="\(x)" y="\(top)" overflow="visible">\(Drawing.swatch(curve))\
          <text class="label" x="40" y="10">\(curve.name)</text></svg>
          """
      })
  }

  /// The curves in words: where each begins and ends, and its lowest value.
  var summary: String {
    let sentences = series.filter { !$0.name.isEmpty }.compactMap { curve -> String? in
      let points = curve.points.filter(\.isDrawable)
      guard let first = points.first, let last = points.last,
        let lowest = points.min(by: { $0.y < $1.y })
      else { return nil }
      return "\(curve.name): from \(Numeral.short(first.y)) at \(Numeral.short(first.x)) to "
        + "\(Numeral.short(last.y)) at \(Numeral.short(last.x)), lowest \(Numeral.short(lowest.y))"
    }
    let axes = [yLabel, xLabel].filter { !$0.isEmpty }.joined(separator: " over ")
    return (["Line chart" + (axes.isEmpty ? "" : " of " + axes)] + sentences)
      .joined(separator: ". ") + "."
  }
}
