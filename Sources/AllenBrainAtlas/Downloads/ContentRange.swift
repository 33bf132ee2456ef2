/// The value of a `Content-Range` field of a part: `bytes first-last/total`.
struct ContentRange: Hashable {
  let first: Int
  let last: Int
  let total: Int

  /// Whether the part ends at the end of the whole.
  var reachesEnd: Bool { total > 0 && last == total - 1 }

  init?(_ text: String) {
    guard let match = text.wholeMatch(of: /bytes\s+(\d+)-(\d+)\/(\d+)/),
      let first = Int(match.1), let last = Int(match.2), let total = Int(match.3)
    else { return nil }
    self.first = first
    self.last = last
    self.total = total
  }
}
