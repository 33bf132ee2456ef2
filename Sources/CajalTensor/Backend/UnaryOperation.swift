/// Functions of one element.
package enum UnaryOperation: String, Sendable, CaseIterable {
  /// -x
  case negate
  /// |x|
  case absolute
  /// x²
  case square
  /// √x
  case squareRoot
  /// 1 / x
  case reciprocal
  /// eˣ
  case exponential
  /// ln x
  case logarithm
  /// max(x, 0)
  case relu
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// tanh x
  case hyperbolicTangent
  /// ln(1 + eˣ), without overflow
  case softplus
  /// x · Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel 2016)
  case gelu
  /// x / (1 + e⁻ˣ) (Elfwing, Uchibe and Doya 2017)
  case silu
}
