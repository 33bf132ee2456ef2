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
    /// Whether the cells differ, which the heading says too.
    var differs = false
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
    let head = columns.map { "<th scope=\"col\">\($0)</th>" as Markup }
    let body = rows.map { row -> Markup in
      let cells = row.cells.map { cell -> Markup in
        Double(cell.prefix { $0 != " " }) == nil && !cell.isEmpty
          ? "<td class=\"text\">\(cell)</td>" : "<td>\(cell)</td>"
      }
      let start: Markup = row.differs ? "<tr class=\"differs\">" : "<tr>"
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

  /// The table, folded.
  func details(_ summary: String) -> Markup {
    "<details><summary>\(summary)</summary>\n\(markup)\n</details>"
  }
}
