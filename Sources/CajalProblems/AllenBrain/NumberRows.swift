/// Rows of numbers as options spell them: `1.5,2/3,4`.
enum NumberRows {
  /// The spelling; parsing it returns the same numbers.
  static func text(_ rows: [[Double]]) -> String {
    rows.map { row in row.map { "\($0)" }.joined(separator: ",") }.joined(separator: "/")
  }

  /// The rows, or `nil` if a number is invalid.
  static func parse(_ text: some StringProtocol) -> [[Double]]? {
    var rows: [[Double]] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      let texts = part.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = texts.compactMap { Double($0) }
      guard numbers.count == texts.count, numbers.allSatisfy(\.isFinite) else { return nil }
      rows.append(numbers)
    }
    return rows
  }
}
