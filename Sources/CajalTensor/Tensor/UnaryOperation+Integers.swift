import CajalSupport

// Tensors of integers compute on the host, in Int64, and saturate.

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
