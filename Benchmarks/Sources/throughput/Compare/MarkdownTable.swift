/// A table in Markdown, the first column to the left and all others to the right.
struct MarkdownTable {
  private let titles: [String]
  private var rows: [[String]] = []

  init(_ titles: [String]) { self.titles = titles }

  /// Adds a row of as many texts as there are titles.
  mutating func add(_ row: [String]) {
    precondition(row.count == titles.count, "a row has a text for each column")
    rows.append(row)
  }

  /// The lines; nothing for a table without rows.
  var text: String {
    guard !rows.isEmpty else { return "" }
    let rule = titles.indices.map { $0 == 0 ? "---" : "---:" }
    return ([titles, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }
}
