/// A table of a page, in a frame that scrolls by itself where the page is narrower.
struct PageTable {
  /// What the table shows, for its caption.
  var caption: String
  /// The headings of the columns; the first is that of the rows' headings.
  var columns: [String]
  var rows: [Row] = []
  /// A class in the style sheet.
  var style = ""

  /// A row with its heading.
  struct Row {
    var heading: Markup
    var cells: [String]
    /// Whether the row is marked.
    var isMarked = false
    /// Cells that are marked, with a sign before them.
    var markedCells: Set<Int> = []
  }

  init(_ caption: String, columns: [String], style: String = "") {
    self.caption = caption
    self.columns = columns
    self.style = style
  }

  mutating func add(_ heading: String, _ cells: [String]) {
    rows.append(Row(heading: "\(heading)", cells: cells))
  }

  var markup: Markup {
    let isText = columns.indices.map { column in
      column == 0 || rows.contains { Self.isText($0.cells[column - 1]) }
    }
    let head = zip(columns, isText).map { title, isText -> Markup in
      "<th scope=\"col\"\(isText ? Self.textClass : "")>\(title)</th>"
    }
    let body = rows.map { row -> Markup in
      let cells = row.cells.indices.map { index -> Markup in
        if row.markedCells.contains(index) {
          return "<td class=\"text differs\">≠ \(row.cells[index])</td>"
        }
        return "<td\(isText[index + 1] ? Self.textClass : "")>\(row.cells[index])</td>"
      }
      let start: Markup = row.isMarked ? "<tr class=\"differs\">" : "<tr>"
      return "\(start)<th scope=\"row\">\(row.heading)</th>\(cells)</tr>\n"
    }
    let frame: Markup = style.isEmpty ? "scroll" : "scroll \(style)"
    return """
      <div class="\(frame)" tabindex="0" role="region" aria-label="\(caption)">
      <table><caption>\(caption)</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)</tbody></table></div>
      """
  }

  private static let textClass: Markup = " class=\"text\""

  /// Whether a cell has words, which begin at the left, and not numbers.
  private static func isText(_ cell: String) -> Bool {
    guard let first = cell.first else { return false }
    return !first.isNumber && !"-+.".contains(first) && cell != "nan" && cell != "inf"
  }

  /// The table, folded.
  func details(_ summary: String) -> Markup {
    "<details><summary>\(summary)</summary>\n\(markup)\n</details>"
  }
}
