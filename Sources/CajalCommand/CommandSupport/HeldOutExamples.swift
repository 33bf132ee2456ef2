import ArgumentParser
import Cajal
import CajalSupport

/// Chooses among the held-out examples of a data set.
enum HeldOutExamples {
  /// The indices of the examples, or of those whose section begins with `section`.
  static func indices(in data: Dataset, section: String?) throws -> [Int] {
    let all = Array(data.evaluationExamples.indices)
    guard let section else { return all }
    let chosen = all.filter { data.evaluationExamples[$0].section.hasPrefix(section) }
    guard chosen.isEmpty else { return chosen }
    let known = Set(data.evaluationExamples.map(\.section)).sorted()
    let nearest = Spelling.nearest(
      to: section, in: known.map { String($0.prefix(section.count)) })
    throw ValidationError(
      "--section \(section): no held-out section of \(data.directory) begins like this; "
        + (nearest.map { "did you mean \($0)?" }
          ?? "there are \(known.prefix(8).joined(separator: ", "))"))
  }
}
