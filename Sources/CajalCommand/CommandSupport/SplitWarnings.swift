import Cajal

/// Warnings about a random split.
enum SplitWarnings {
  /// The maximum number of lines.
  private static let limit = 5

  /// The warnings, a line each, with the option that helps.
  static func lines(_ summary: DataSummary) -> [String] {
    let leaks = summary.suspectedLeaks
    let lines = leaks.prefix(limit).map { leak in
      let rule =
        switch leak.resemblance {
        case .numbers(let pattern?): "'\(pattern)'"
        case .numbers(nil): leak.evaluationFile.contains("/") ? "folder" : "PATTERN"
        case .folder: "folder"
        }
      return
        "warning: \(leak); --sections-by \(rule) keeps it together, --sections-by file says that "
        + "each file is one"
    }
    let more = leaks.count - lines.count
    return lines + (more > 0 ? ["warning: \(more) more like these"] : [])
  }
}
