/// What products of matrices, convolutions and attention are computed in.
///
/// Tensors are always of float32, and so are sums, softmax, losses, normalization and updates of
/// weights: only the operands of products are rounded, on their way into the arithmetic.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Float32 throughout: the default, and exact up to the rounding of sums.
  case float32
  /// Operands of products keep 10 bits of their fraction.
  case tf32
  /// Operands of products keep 7 bits of their fraction.
  case bfloat16

  /// The largest relative error of a number that is rounded to it.
  public var unitRoundoff: Double {
    switch self {
    case .float32: 0x1p-24
    case .tf32: 0x1p-11
    case .bfloat16: 0x1p-8
    }
  }
}
