/// Finds what somebody probably meant.
package enum Spelling {
  /// The candidate with the fewest typing errors from `text`, or `nil` when all are far off.
  package static func nearest(to text: String, in candidates: [String]) -> String? {
    let best = candidates.map { (distance(text, $0), $0) }.min { $0.0 < $1.0 }
    guard let best, best.0 <= max(2, text.count / 3) else { return nil }
    return best.1
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
        row[j + 1] = min(replaced, min(row[j], row[j + 1]) + 1)
      }
    }
    return row[right.count]
  }
}
