/// Suggestions for misspelled words.
package enum Spelling {
  /// The candidate with the smallest edit distance to `text`, ignoring case; the first of several,
  /// and `nil` when more than a third of the longer text would have to change. A transposition of
  /// neighbors, in texts of three characters or more, counts as one edit.
  package static func nearest(to text: String, in candidates: some Sequence<String>) -> String? {
    let near = candidates.map { ($0, errors(text.lowercased(), $0.lowercased())) }
    guard let best = near.min(by: { $0.1 < $1.1 }) else { return nil }
    return best.1 <= max(1, max(text.count, best.0.count) / 3) ? best.0 : nil
  }

  private static func errors(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left), Array(right))
    guard a.count == b.count, a.count > 2,
      let first = a.indices.first(where: { a[$0] != b[$0] }), first + 1 < a.count
    else { return distance(left, right) }
    var exchanged = a
    exchanged.swapAt(first, first + 1)
    return exchanged == b ? 1 : distance(left, right)
  }

  /// The Levenshtein distance: insertions, deletions and replacements from one text to the other.
  package static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let replaced = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
      }
    }
    return row[right.count]
  }
}
