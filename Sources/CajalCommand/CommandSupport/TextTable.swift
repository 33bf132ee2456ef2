import CajalSupport

/// Rows of texts in columns: the first column to the left, all others to the right.
struct TextTable {
  private var rows: [[String]]

  /// A table with titles above its columns.
  init(_ titles: [String]) { rows = [titles] }

  /// Adds a row of as many texts as there are titles.
  mutating func add(_ row: [String]) {
    require(row.count == rows[0].count, "a row has a text for each column")
    rows.append(row)
  }

  /// The lines.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { Self.line($0, widths) }.joined(separator: "\n")
  }

  /// One line of a table whose columns have the given widths.
  static func line(_ row: [String], _ widths: [Int]) -> String {
    let cells = zip(row, widths).enumerated().map { column, cell in
      let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return column == 0 ? cell.0 + space : space + cell.0
    }
    let line = cells.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}
