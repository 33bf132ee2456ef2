import Foundation

extension Report {
  /// A line about each run.
  var overview: Markup? {
    let summaries = runs.map(RunSummary.init)
    let date = Date.ISO8601FormatStyle(dateSeparator: .dash, dateTimeSeparator: .space)
      .year().month().day().time(includingFractionalSeconds: false)
    var table = PageTable(
      "Steps, times and losses",
      columns: [
        "run", "model", "steps", "training time", "last training loss",
        "smoothed", "best held-out loss", "at step", "written (UTC)",
      ])
    for (run, summary) in zip(runs, summaries) {
      let losses = run.losses(.training)?.measurements.values ?? []
      table.add(
        run.name,
        [
          summary.hyperparameterSet ?? summary.model ?? "",
          Numeral.whole(summary.step) + (summary.steps.map { " of \(Numeral.whole($0))" } ?? ""),
          summary.seconds.map(Numeral.time) ?? "",
          summary.lastLoss.map(Numeral.short) ?? "",
          Statistics.smoothed(losses).last.map(Numeral.short) ?? "",
          summary.bestHeldOutLoss.map(Numeral.short) ?? "",
          summary.bestHeldOutStep.map(Numeral.whole) ?? "",
          summary.updated.map { $0.formatted(date) } ?? "",
        ])
    }
    return table.markup
  }

  /// The configurations: what differs between runs, and all of it.
  var configurations: Markup? {
    let described = runs.filter { !$0.configuration.isEmpty }
    guard !described.isEmpty else { return nil }
    let keys = Set(described.flatMap(\.configuration.keys)).sorted()
    func table(_ caption: String, _ rows: [PageTable.Row]) -> PageTable {
      var table = PageTable(
        caption, columns: ["key"] + described.map(\.name), style: "configuration")
      table.rows = rows
      return table
    }
    var (rows, different): ([PageTable.Row], [PageTable.Row]) = ([], [])
    for key in keys {
      let values = described.map { $0.configuration[key] ?? "not set" }
      let name = Self.breakable(key)
      let odd = Set(values.indices.filter { values[$0] != values[0] })
      rows.append(
        PageTable.Row(
          heading: odd.isEmpty ? name : "\(name) (differs)", cells: values, isMarked: !odd.isEmpty))
      guard !odd.isEmpty else { continue }
      different.append(PageTable.Row(heading: name, cells: values, markedCells: odd))
    }
    let all = table("Whole configuration", rows).details(
      "Whole configuration: \(rows.count) values")
    guard described.count > 1 else { return all }
    guard !different.isEmpty else {
      return "<p>The configurations are equal.</p>\n\(all)"
    }
    let caption =
      "\(different.count) of \(rows.count) values differ; ≠ marks those that are not the first run's"
    return "\(table(caption, different).markup)\n\(all)"
  }

  /// A key that may be broken after its dots.
  private static func breakable(_ key: String) -> Markup {
    let parts = key.split(separator: ".").map { "\(String($0))" as Markup }
    return Markup(parts.enumerated().map { $0 == 0 ? $1 : ".<wbr/>\($1)" })
  }

  /// What could not be read.
  var damage: Markup? {
    let notes = runs.flatMap(\.notes) + pictureChoice.notes
    guard !notes.isEmpty else { return nil }
    return "<ul>\(notes.map { "<li>\($0)</li>" as Markup })</ul>"
  }

  /// The evaluations: the model's measures side by side, and each with all its methods.
  var evaluations: Markup? {
    let all = runs.flatMap { run in run.evaluations.map { Evaluated(run: run.name, $0, $1) } }
    guard !all.isEmpty else { return nil }
    let keys = Evaluated.comparedKeys.filter { key in all.contains { $0.text(key) != nil } }
    var comparison = PageTable(
      "The models on held-out examples",
      columns: ["run"] + keys.map { Evaluated.label(of: $0) })
    for evaluated in all {
      comparison.add(evaluated.title, keys.map { evaluated.text($0) ?? "" })
    }
    return "\(comparison.markup)\n\(all.map(\.details))"
  }
}

/// What `cajal evaluate --json` printed of a run.
private struct Evaluated {
  /// The measures of the comparison, of the evaluation or of its first method, in order.
  static let comparedKeys = [
    "step", "decoding", "examples", "nats", "bits", "psnr", "mean_psnr", "ssim",
    "sliced_wasserstein_distance", "log_spectral_distance", "reproduced_share",
  ]

  private static let labels = [
    "nats": "nats per sub-pixel", "bits": "bits per sub-pixel", "psnr": "PSNR (dB)",
    "mean_psnr": "mean PSNR (dB)", "ssim": "SSIM", "sliced_wasserstein_distance": "SWD",
    "log_spectral_distance": "LSD (dB)", "reproduced_share": "inputs reproduced",
    "mean_squared_error": "mean squared error", "exact_count": "exact pictures",
  ]

  let title: String
  private let content: JSONTree

  init(run: String, _ name: String, _ content: JSONTree) {
    title = name == "evaluation" ? run : "\(run), \(name)"
    self.content = content
  }

  static func label(of key: String) -> String {
    labels[key] ?? key.replacing("_", with: " ")
  }

  /// The value of a key of the evaluation or of its first method, which is the model.
  func text(_ key: String) -> String? {
    var value = content[key]
    if value == nil, case .list(let methods) = content["methods"] ?? .empty {
      value = methods.first?[key]
    }
    return value.flatMap(Self.text)
  }

  private static func text(_ value: JSONTree) -> String? {
    value.double.map(Numeral.short) ?? value.scalar
  }

  /// Every list of the evaluation as a table, and its single values as one.
  var details: Markup {
    guard case .object(let fields) = content else { return "" }
    var single = PageTable("\(title): values", columns: ["measure", "value"])
    var tables: [Markup] = []
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      if let text = Self.text(value) {
        single.add(Self.label(of: key), [text])
      } else if case .list(let rows) = value {
        tables.append(table("\(title): \(Self.label(of: key))", rows).markup)
      } else {
        for (inner, text) in value.flattened().sorted(by: { $0.key < $1.key }) {
          single.add(
            "\(Self.label(of: key)): \(Self.label(of: inner))",
            [Double(text).map(Numeral.short) ?? text])
        }
      }
    }
    return """
      <details><summary>All of \(title)</summary>
      \(tables)\(single.markup)
      </details>

      """
  }

  /// Objects of a list as rows, headed by their names or numbers.
  private func table(_ caption: String, _ rows: [JSONTree]) -> PageTable {
    let keys = Set(
      rows.flatMap { row -> [String] in
        if case .object(let fields) = row { Array(fields.keys) } else { [] }
      })
    let known = Self.comparedKeys.filter(keys.contains)
    let columns = known + keys.subtracting(known).subtracting(["name"]).sorted()
    var table = PageTable(caption, columns: ["name"] + columns.map { Self.label(of: $0) })
    for (number, row) in rows.enumerated() {
      table.add(
        row["name"]?.scalar ?? row.scalar ?? "\(number + 1)",
        columns.map { row[$0].flatMap(Self.text) ?? "" })
    }
    return table
  }
}
