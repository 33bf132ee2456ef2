import CajalSupport

/// The choice of evaluation sections.
struct SectionSplit {
  /// The names of those sections.
  let evaluation: Set<String>

  /// Splits the sections that have tiles.
  ///
  /// - Parameters:
  ///   - sections: the names of the sections that have tiles.
  ///   - empty: the names of those that have none.
  /// - Throws: ``ProblemError/singleSection(_:)`` or ``ProblemError/unsplittable(reason:)`` if a
  ///   side would be empty unintentionally, or if a name matches no section.
  init(of sections: [String], empty: [String], problem: any Problem, options: DataOptions) throws {
    if let patterns = options.evaluationSections {
      evaluation = try Self.matching(patterns, among: sections, empty: empty)
    } else {
      evaluation = problem.evaluationSections(
        among: sections, fraction: options.evaluationFraction, seed: options.seed
      ).intersection(sections)
      if evaluation.isEmpty && options.evaluationFraction > 0 {
        throw ProblemError.unsplittable(reason: "the problem chose none of them for evaluation")
      }
    }
    guard evaluation.count < sections.count else { throw Self.nothingLeft(sections, options) }
  }

  private static func nothingLeft(_ sections: [String], _ options: DataOptions) -> ProblemError {
    if options.evaluationSections != nil {
      return .unsplittable(reason: "all of them are evaluation sections, none is left to train on")
    }
    return sections.count == 1
      ? .singleSection(sections[0])
      : .unsplittable(reason: "the problem chose all of them for evaluation")
  }

  /// The sections that names or patterns with `*`, `?` and `[…]` stand for.
  ///
  /// - Throws: ``ProblemError/unsplittable(reason:)`` for one that matches none.
  static func matching(
    _ patterns: [String], among sections: [String], empty: [String]
  ) throws -> Set<String> {
    var chosen: Set<String> = []
    for pattern in patterns {
      let name = RawName.shown(pattern)
      // A byte that is not UTF-8 counts as one character for a pattern, however it is spelled.
      let glob = Glob(RawName.unshown(pattern))
      let matches = sections.filter { $0 == name || glob.matches(RawName.unshown($0)) }
      if matches.isEmpty {
        if empty.contains(name) {
          throw ProblemError.unsplittable(
            reason: "the evaluation section \(pattern) has no tile worth keeping")
        }
        let hint =
          Spelling.nearest(to: pattern, in: sections).map { "did you mean \($0)?" }
          ?? "there are \(sections.prefix(8).joined(separator: ", "))"
          + (sections.count > 8 ? " and \(sections.count - 8) more" : "")
        throw ProblemError.unsplittable(reason: "no section is named \(pattern); \(hint)")
      }
      chosen.formUnion(matches)
    }
    return chosen
  }
}
