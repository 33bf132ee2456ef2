import CajalSupport

// Tensors of integers compute on the host, in Int64, and saturate; a quotient truncates toward
// zero.

extension BinaryOperation {
  /// The function of two integers; a quotient by zero has the numerator's sign and saturates, and
  /// zero over zero is zero.
  func callAsFunction(_ a: Int64, _ b: Int64) -> Int64 {
    switch self {
    case .add: return Int64(clamping: Int128(a) + Int128(b))
    case .subtract: return Int64(clamping: Int128(a) - Int128(b))
    case .multiply: return Int64(clamping: Int128(a) * Int128(b))
    case .divide:
      guard b != 0 else { return a == 0 ? 0 : a > 0 ? .max : .min }
      return Int64(clamping: Int128(a) / Int128(b))
    case .maximum: return Swift.max(a, b)
    case .minimum: return Swift.min(a, b)
    case .whereSecondPositive: return b > 0 ? a : 0
    case .geluGradient, .siluGradient:
      requirementFailure("\(rawValue) is not a function of integers")
    }
  }
}
