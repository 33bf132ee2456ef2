import Foundation

/// The part of a Markdown file that is measured, between two comments; the rest is written by
/// people.
enum MeasuredSection {
  private static let begin = "<!-- measured:begin -->"
  private static let end = "<!-- measured:end -->"

  /// A file in which the part cannot be found.
  struct MissingMarkers: Error, CustomStringConvertible {
    let path: String
    var description: String {
      "\(path) has no line \(MeasuredSection.begin) with \(MeasuredSection.end) after it; put both where "
        + "the tables belong"
    }
  }

  /// Throws now what ``replace(in:with:)`` would throw after hours of measuring.
  static func check(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    _ = try range(in: try String(contentsOfFile: path, encoding: .utf8), path)
  }

  /// Puts `text` between the comments of a file, which is made if there is none.
  static func replace(in path: String, with text: String) throws {
    let isNew = !FileManager.default.fileExists(atPath: path)
    var content =
      isNew
      ? "# Performance\n\n\(begin)\n\(end)\n" : try String(contentsOfFile: path, encoding: .utf8)
    content.replaceSubrange(try range(in: content, path), with: "\n\n\(text)\n\n")
    try content.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private static func range(in content: String, _ path: String) throws -> Range<String.Index> {
    guard let first = content.range(of: begin),
      let last = content.range(of: end, range: first.upperBound..<content.endIndex)
    else { throw MissingMarkers(path: path) }
    return first.upperBound..<last.lowerBound
  }
}
