import Testing

/// Numbers between -1 and 1, the same in each run.
func numbers(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 23) - 1
  }
}

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
