/// The candidate whose spelling is nearest to `word`, or `nil` when none is near enough to be meant.
///
/// Distance is Levenshtein's (insertions, deletions, substitutions) without regard to case; at most a third of
/// the longer word may differ. Of equally near candidates the first is taken.
package func nearestSpelling(of word: String, in candidates: some Sequence<String>) -> String? {
  let near = candidates.map { candidate in
    (candidate, editDistance(Array(word.lowercased()), Array(candidate.lowercased())))
  }
  guard let best = near.min(by: { $0.1 < $1.1 }) else { return nil }
  return best.1 <= max(1, max(word.count, best.0.count) / 3) ? best.0 : nil
}

/// The least number of insertions, deletions and substitutions that turn one word into the other.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var row = Array(0...right.count)
  for (i, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in right.enumerated() {
      let substitution = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, diagonal + 1, row[j] + 1)
    }
  }
  return row[right.count]
}
