import CajalSupport
import Foundation

extension Tensor where Scalar: TensorNumeric {
  /// x²
  public func squared() -> Tensor { applying(.square) }
  /// max(x, 0); NaN stays NaN.
  public func relu() -> Tensor { applying(.relu) }
}

extension Tensor where Scalar: TensorNumeric & SignedNumeric {
  /// |x|
  public func abs() -> Tensor { applying(.absolute) }

  /// -1, 0 or 1, as the element is negative, zero or positive; zeros and NaN stay what they are.
  public func sign() -> Tensor {
    if let x = asFloat { return Tensor(x.mapped { $0.signOrZero }) }
    return mapped { $0.signOrZero }
  }
}

extension Comparable where Self: Numeric {
  /// -1 or 1, or the value itself where it is neither negative nor positive.
  fileprivate var signOrZero: Self { self > 0 ? 1 : self < 0 ? 0 - 1 : self }
}

// MARK: - Functions that primitives compute

extension Tensor where Scalar: TensorFloatingPoint {
  /// eˣ
  public func exp() -> Tensor { applying(.exponential) }
  /// The natural logarithm: -infinity of 0, NaN of what is below.
  public func log() -> Tensor { applying(.logarithm) }
  /// √x; NaN of what is below 0.
  public func sqrt() -> Tensor { applying(.squareRoot) }
  /// 1 / √x: infinity of 0, NaN of what is below.
  public func rsqrt() -> Tensor { sqrt().reciprocal() }
  /// 1 / x
  public func reciprocal() -> Tensor { applying(.reciprocal) }
  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Tensor { applying(.sigmoid) }
  /// The hyperbolic tangent.
  public func tanh() -> Tensor { applying(.hyperbolicTangent) }
  /// ln(1 + eˣ), without overflow.
  public func softplus() -> Tensor { applying(.softplus) }
  /// x · Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel 2016): the exact form, not
  /// the one with tanh.
  public func gelu() -> Tensor { applying(.gelu) }
  /// x / (1 + e⁻ˣ) (Elfwing, Uchibe and Doya 2017), also known as swish.
  public func silu() -> Tensor { applying(.silu) }

  /// x where it is positive, else `slope` times x (Maas, Hannun and Ng 2013). The slope is from 0
  /// to 1.
  public func leakyRelu(slope: Scalar = 0.01) -> Tensor {
    require(slope >= 0 && slope <= 1, "the slope is from 0 to 1, not \(slope)")
    return maximum(self * slope)
  }
}

// MARK: - Functions that the host computes

extension Tensor where Scalar: TensorFloatingPoint {
  /// The largest whole number that is not above x.
  public func floor() -> Tensor { onHost { $0.rounded(.down) } }
  /// The smallest whole number that is not below x.
  public func ceil() -> Tensor { onHost { $0.rounded(.up) } }
  /// The nearest whole number, the even one of two (as NumPy's `round`).
  public func rounded() -> Tensor { onHost { $0.rounded(.toNearestOrEven) } }
  /// The sine of x in radians.
  public func sin() -> Tensor { onHost(Foundation.sin) }
  /// The cosine of x in radians.
  public func cos() -> Tensor { onHost(Foundation.cos) }

  /// xʸ with the same exponent for every element; NaN where x is negative and the exponent is not
  /// whole.
  public func pow(_ exponent: Scalar) -> Tensor {
    let exponent = exponent.asDouble
    return onHost { Foundation.pow($0, exponent) }
  }

  /// xʸ with exponents of a shape that broadcasts with this one.
  public func pow(_ exponents: Tensor) -> Tensor {
    if let x = asFloat, let exponents = exponents.asFloat {
      return Tensor(x.combined(exponents) { Float(Foundation.pow(Double($0), Double($1))) })
    }
    return combined(exponents) { Scalar(converting: Foundation.pow($0.asDouble, $1.asDouble)) }
  }

  /// A function of every element that is computed in Double.
  private func onHost(_ function: (Double) -> Double) -> Tensor {
    if let x = asFloat { return Tensor(x.mapped { Float(function(Double($0))) }) }
    return mapped { Scalar(converting: function($0.asDouble)) }
  }
}

// MARK: - What is a number

extension Tensor where Scalar: TensorFloatingPoint {
  /// Which elements are NaN.
  public var isNaN: Tensor<Bool> { tested { $0.isNaN } }
  /// Which elements are infinite.
  public var isInfinite: Tensor<Bool> { tested { $0.isInfinite } }
  /// Which elements are neither infinite nor NaN; see ``allFinite`` for all of them together.
  public var isFinite: Tensor<Bool> { tested { $0.isFinite } }

  private func tested(_ predicate: (Double) -> Bool) -> Tensor<Bool> {
    if let x = asFloat { return x.mapped { predicate(Double($0)) } }
    return mapped { predicate($0.asDouble) }
  }
}

extension Tensor<Float> {
  /// Whether no element is infinite or NaN. One pass over the elements.
  public var allFinite: Bool {
    // The squares of finite floats, and their sum, are far from the largest Double.
    sumOfSquares.isFinite
  }
}
