import Testing

/// Expects numbers that differ by at most `tolerance`, as infinities do where they are equal.
func expectClose(
  _ numbers: [Float], _ expected: [Double], tolerance: Double = 2e-5, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let wrong = zip(numbers, expected).first {
    !(Double($0) == $1 || abs(Double($0) - $1) <= tolerance)
  }
  #expect(
    wrong == nil && numbers.count == expected.count, "\(name): \(String(describing: wrong))",
    sourceLocation: sourceLocation)
}
