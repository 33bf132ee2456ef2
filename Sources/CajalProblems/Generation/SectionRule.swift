import CajalSupport

/// The section of a file without a manifest entry.
public enum SectionRule: Sendable, Hashable {
  /// Every file is its own section.
  case file
  /// The files of a folder show one section, named by the folder's path inside the folder of the
  /// pictures; `.` is that folder itself.
  case folder
  /// The section is what the first group of a regular expression matches, anywhere in the file's
  /// path inside the folder: `(sect\d+)_` puts `sect1_tile10_5.png` into section `sect1`.
  case pattern(String)
}

extension SectionRule: LosslessStringConvertible {
  /// The rule with a spelling: `file`, `folder`, or anything else as a pattern.
  public init(_ description: String) {
    switch description {
    case "file": self = .file
    case "folder": self = .folder
    default: self = .pattern(description)
    }
  }

  /// The spelling.
  public var description: String {
    switch self {
    case .file: "file"
    case .folder: "folder"
    case .pattern(let pattern): pattern
    }
  }
}

extension SectionRule {
  /// The sections of files with the given paths.
  ///
  /// - Throws: ``ProblemError`` when the pattern is invalid, or names files that do not match it.
  func sections(of files: [String]) throws -> [String] {
    switch self {
    case .file: return files
    case .folder:
      return files.map { file in
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
      }
    case .pattern(let pattern): return try Self.sections(of: files, matching: pattern)
    }
  }

  private static func sections(of files: [String], matching pattern: String) throws -> [String] {
    let expression: Regex<AnyRegexOutput>
    do {
      expression = try Regex(pattern)
    } catch {
      throw ProblemError.unusablePattern(pattern, reason: "it is not a regular expression")
    }
    let sections = files.map { file -> String? in
      // A pattern that exceeds the step limit counts as not matching.
      guard let match = try? expression.firstMatch(in: file), match.output.count > 1 else {
        return nil
      }
      return match.output[1].substring.flatMap { $0.isEmpty ? nil : String($0) }
    }
    let unmatched = zip(files, sections).filter { $0.1 == nil }.map(\.0)
    guard unmatched.isEmpty else {
      guard pattern.contains("(") else {
        throw ProblemError.unusablePattern(
          pattern, reason: "it has no group; put the part that names the section in parentheses")
      }
      let shown = unmatched.prefix(5).joined(separator: ", ")
      let more = unmatched.count > 5 ? " and \(unmatched.count - 5) more" : ""
      throw ProblemError.unusablePattern(
        pattern,
        reason: "\(unmatched.count) of \(files.count) files do not match it: \(shown)\(more)")
    }
    return sections.compactMap { $0 }
  }
}
