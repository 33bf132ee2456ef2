import CajalSupport

/// A page about runs: their losses and other measures as charts with their numbers, predictions,
/// evaluations and configurations.
///
/// ```swift
/// let runs = try RecordedRun.runs(contentsOf: ["runs/first", "runs/second"])
/// try Report(runs).write(to: "report.html")
/// ```
///
/// The page is one file of HTML, which is also well-formed XML, with charts as SVG and pictures
/// inside. It needs no network and no script.
public struct Report: Sendable {
  /// The heading.
  public let title: String
  let runs: [RecordedRun]

  /// A report of runs.
  ///
  /// - Parameters:
  ///   - runs: At least one run.
  ///   - title: The heading; by default the names of the runs.
  public init(_ runs: [RecordedRun], title: String? = nil) {
    require(!runs.isEmpty, "a report is about at least one run")
    self.runs = runs
    let names = runs.prefix(4).map(\.name).joined(separator: ", ")
    self.title = title ?? (runs.count > 4 ? "\(runs.count) runs: \(names), …" : names)
  }

  /// The page.
  public var html: String {
    let sections = [
      ("runs", "Runs", overview), ("loss", "Loss", losses), ("measures", "Measures", measures),
      ("predictions", "Predictions", predictions), ("evaluations", "Evaluations", evaluations),
      ("configurations", "Configurations", configurations), ("damage", "Damage", damage),
    ].compactMap { id, title, content in content.map { (id: id, title: title, content: $0) } }
    let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }
    let content = sections.map { section -> Markup in
      """
      <section aria-labelledby="\(section.id)">
      <h2 id="\(section.id)">\(section.title)</h2>
      \(section.content)
      </section>

      """
    }
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
      <title>\(title)</title>
      <style>\(Markup(stringLiteral: PageStyle.sheet))</style>
      </head>
      <body>
      <svg xmlns="http://www.w3.org/2000/svg" width="0" height="0" aria-hidden="true" \
      style="position:absolute">\(ChartStyle.definitions)</svg>
      <header>
      <h1>\(title)</h1>
      <nav aria-label="Sections"><ul>\(links)</ul></nav>
      </header>
      <main>
      \(content)</main>
      <footer><p>Made by cajal report. The page needs no network and no script.</p></footer>
      </body>
      </html>

      """
    return page.text
  }

  /// Writes the page, atomically.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    try Files.writeAtomically(to: path, Array(html.utf8))
  }
}
