extension Report {
  /// Charts of other measures that are drawn; programs may write hundreds.
  private static let mostMeasures = 40

  /// Losses over steps and over time.
  var losses: Markup? {
    let charts = [
      LossChart(runs, over: .steps), hasTimes ? LossChart(runs, over: .time) : nil,
    ].compactMap { $0?.chart }
    guard !charts.isEmpty else { return nil }
    let figures = charts.enumerated().map { number, chart in
      Self.figure(chart, id: "loss-\(number + 1)", isWide: true)
    }
    return """
      <p>Thin lines are what was recorded, the lines through them an exponential moving average over \
      about a fiftieth of it, and markers held-out losses. <abbr title="autocorrelation">ac</abbr> \
      is the lag-1 autocorrelation of the records: the correlation of each with the one before. \
      \(remark)</p>
      \(figures)
      """
  }

  /// What the charts of losses do not show by themselves.
  private var remark: Markup {
    let other = runs.filter { run in
      run.losses(.training)?.name == "nats"
        && run.measurements[.init(kind: .training, name: "loss")] != nil
    }
    guard !other.isEmpty else { return "" }
    let names = other.map(\.name).joined(separator: ", ")
    return """
      Where a training loss has other terms than nats (\(names)), these charts show its nats, and a \
      chart below all of it.
      """
  }

  private var hasTimes: Bool {
    runs.contains { run in
      (run.losses(.training) ?? run.losses(.heldOut))?.measurements.seconds.contains { $0 > 0 }
        ?? false
    }
  }

  /// A chart for each other measure that a run has.
  var measures: Markup? {
    var names: Set<String> = []
    for run in runs { for measure in others(of: run) { names.insert(measure.name) } }
    let first = ["learning_rate", "images_per_second", "gradient_norm"]
    let sorted =
      first.filter(names.contains) + names.subtracting(first).sorted()
    guard !sorted.isEmpty else { return nil }
    let figures = sorted.prefix(Self.mostMeasures).enumerated().map { number, name in
      Self.figure(chart(of: name), id: "measure-\(number + 1)", isWide: false)
    }
    let left = sorted.dropFirst(Self.mostMeasures)
    let rest: Markup =
      left.isEmpty
      ? "" : "<p>\(left.count) more measures are not drawn: \(left.joined(separator: ", ")).</p>"
    return "<div class=\"charts\">\n\(figures)</div>\n\(rest)"
  }

  /// The measures of a run that the charts of losses do not show.
  private func others(of run: RecordedRun) -> [Measurements.Measure] {
    let shown = Measurements.Kind.allCases.compactMap { kind in
      run.losses(kind).map { Measurements.Measure(kind: kind, name: $0.name) }
    }
    return run.measurements.keys.filter { !shown.contains($0) }
  }

  private func chart(of name: String) -> LineChart {
    let title = name == "loss" ? "Training loss, all terms" : Self.title(of: name)
    var chart = LineChart(title: title, xLabel: "step")
    let isSmoothed = !["learning_rate", "images_per_second"].contains(name)
    for (look, run) in runs.enumerated() {
      for measure in others(of: run).filter({ $0.name == name }).sorted() {
        guard let values = run.measurements[measure] else { continue }
        let steps = values.steps.map(Double.init)
        if measure.kind == .heldOut {
          chart.addSeries(
            "\(run.name), held out", x: steps, y: values.values, style: .points, look: look)
        } else if isSmoothed, values.values.count > 50 {
          chart.addSeries(
            "\(run.name), each record", x: steps, y: values.values, style: .raw, look: look)
          chart.addSeries(
            "\(run.name), smoothed", x: steps, y: Statistics.smoothed(values.values), look: look)
        } else {
          chart.addSeries(run.name, x: steps, y: values.values, look: look)
        }
      }
    }
    return chart
  }

  /// `learning_rate` as `Learning rate`.
  static func title(of name: String) -> String {
    let words = name.replacing("_", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// A chart with its legend and its numbers.
  static func figure(_ chart: LineChart, id: String, isWide: Bool) -> Markup {
    let drawing = LineChart.Drawing(chart, xTicks: 5, yTicks: isWide ? 6 : 4)
    let legend = chart.legend.map { series -> Markup in
      """
      <li><svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true">\
      \(LineChart.Drawing.swatch(series))</svg>\(series.name)</li>
      """
    }
    let cut: Markup = drawing.note.map { "<p class=\"note\">\($0)</p>\n" } ?? ""
    let unit: Markup = chart.yLabel.isEmpty ? "" : "<p class=\"unit\">\(chart.yLabel)</p>\n"
    return """
      <section class="\(isWide ? "chart wide" : "chart")" aria-labelledby="\(id)">
      <h3 id="\(id)">\(chart.title)</h3>
      <ul class="legend">\(legend)</ul>
      \(unit)<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" \
      aria-labelledby="\(id)-t \(id)-d"><title id="\(id)-t">\(chart.title)</title>\
      <desc id="\(id)-d">\(chart.summary)</desc>\(drawing.markup)</svg>
      <p class="across">\(chart.xLabel)</p>
      \(cut)\(numbers(of: chart))
      </section>

      """
  }

  /// The numbers of a chart, folded, and how many are not finite.
  private static func numbers(of chart: LineChart) -> Markup {
    let table = LineChart.Table(chart)
    var page = PageTable(
      table.isBinned
        ? "\(chart.title): mean (least to largest) of the values in each interval" : chart.title,
      columns: [chart.xLabel] + table.columns)
    for row in table.rows { page.add(row.title, row.cells) }
    let isSmoothed = chart.series.contains { $0.style == .raw }
    let odd = chart.series.filter { $0.style != .line || !isSmoothed }
      .reduce(0) { $0 + $1.points.count { !$0.isDrawable } }
    let note: Markup =
      odd == 0
      ? "" : "<p>Values that are not finite and leave gaps in the curves: \(odd).</p>\n"
    return "\(note)\(page.details("Numbers: \(chart.title)"))"
  }
}
