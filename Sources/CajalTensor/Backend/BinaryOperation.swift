/// Functions of two elements.
package enum BinaryOperation: String, Sendable, CaseIterable {
  /// a + b
  case add
  /// a - b
  case subtract
  /// a · b
  case multiply
  /// a / b
  case divide
  /// the larger
  case maximum
  /// the smaller
  case minimum
  /// a where b > 0, else 0: the gradient of ``UnaryOperation/relu`` from its argument or its result
  case whereSecondPositive
  /// a times the derivative of ``UnaryOperation/gelu`` at b
  case geluGradient
  /// a times the derivative of ``UnaryOperation/silu`` at b
  case siluGradient
}
