/// A number that tensors hold: every ``TensorScalar`` but `Bool`.
public protocol TensorNumeric: TensorScalar, Comparable, Numeric {}

extension TensorNumeric {
  /// Whether the value is NaN, which no integer is. NaN alone is not equal to itself.
  var isNotANumber: Bool { self != self }
}
