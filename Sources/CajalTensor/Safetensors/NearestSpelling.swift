/// The candidate that takes the fewest single-character edits (Levenshtein) from `name`, the first of
/// equals; `nil` when even that one differs in more than half of its characters.
package func nearestSpelling(to name: String, among candidates: [String]) -> String? {
  let letters = Array(name)
  var best: (distance: Int, candidate: String)?
  for candidate in candidates {
    let distance = editDistance(letters, Array(candidate))
    if distance < best?.distance ?? Int.max { best = (distance, candidate) }
  }
  guard let best, 2 * best.distance <= max(letters.count, best.candidate.count) else { return nil }
  return best.candidate
}

private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var row = Array(0...right.count)
  for (i, a) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in right.enumerated() {
      let substituted = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}
