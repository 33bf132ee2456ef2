import Testing

/// What products are computed in: the end of kernels' names, and the largest relative error of an
/// operand that is rounded.
struct Rounding: Sendable, CustomStringConvertible {
  let description: String
  let unit: Double

  static let none = Rounding(description: "", unit: 0)
  static let all = [
    none, Rounding(description: "_tf32", unit: 0x1p-11),
    Rounding(description: "_bfloat16", unit: 0x1p-8),
  ]

  /// The largest error of a product of two operands as a share of the product: (1 + u)² - 1. So the
  /// error of a sum of products is at most this share of the sum of their absolute values.
  var ofProduct: Double { (2 + unit) * unit }
}

/// Expects sums of products whose operands were rounded. `sizes` are the sums of the absolute
/// values of the products, of which each sum may be off by `share`, beside its own rounding.
func expectClose(
  _ numbers: [Float], _ expected: [Double], sizes: [Double], share: Double, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  var wrong: (Float, Double)?
  for (index, number) in numbers.enumerated() {
    let isRight = abs(Double(number) - expected[index]) <= share * sizes[index] + 2e-5
    if !isRight { wrong = wrong ?? (number, expected[index]) }
  }
  #expect(
    wrong == nil && numbers.count == expected.count, "\(name): \(String(describing: wrong))",
    sourceLocation: sourceLocation)
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
