import CajalSupport

// What tensors of integers compute on the host, in Int64. Everything saturates; a quotient
// truncates toward zero.

extension UnaryOperation {
  /// The function of an integer. Only those are asked for that a tensor of integers has.
  func callAsFunction(_ x: Int64) -> Int64 {
    switch self {
    case .negate: Int64(clamping: 0 - Int128(x))
    case .absolute: Int64(clamping: x.magnitude)
    case .square: BinaryOperation.multiply(x, x)
    case .relu: Swift.max(x, 0)
    default: requirementFailure("\(rawValue) is not a function of integers")
    }
  }
}

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
