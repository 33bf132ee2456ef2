import CajalSupport
import CajalTensor

extension Variable {
  /// eˣ
  public func exp() -> Variable {
    let y = value.applied(.exponential)
    return derivative(y) { $1.applied(.multiply, y) }
  }

  /// ln x
  public func log() -> Variable {
    derivative(value.applied(.logarithm)) { $1.applied(.divide, $0) }
  }

  /// √x
  public func sqrt() -> Variable {
    let y = value.applied(.squareRoot)
    return derivative(y) { $1.applied(.divide, y).scaled(by: 0.5) }
  }

  /// 1 / √x
  public func rsqrt() -> Variable {
    let y = value.applied(.squareRoot).applied(.reciprocal)
    return derivative(y) { _, gradient in
      gradient.applied(.multiply, y.applied(.multiply, y.applied(.square))).scaled(by: -0.5)
    }
  }

  /// x²
  public func squared() -> Variable {
    derivative(value.applied(.square)) {
      $1.applied(.multiply, $0).scaled(by: 2)
    }
  }

  /// 1 / x
  public func reciprocal() -> Variable {
    let y = value.applied(.reciprocal)
    return derivative(y) {
      $1.applied(.multiply, y.applied(.square)).scaled(by: -1)
    }
  }

  /// |x|, with derivative 0 at 0
  public func abs() -> Variable {
    derivative(value.applied(.absolute)) { x, gradient in
      let positive = gradient.applied(.whereSecondPositive, x)
      let negative = gradient.applied(.whereSecondPositive, x.scaled(by: -1))
      return positive.applied(.subtract, negative)
    }
  }

  /// max(x, 0), with derivative 0 at 0
  public func relu() -> Variable {
    let y = value.applied(.relu)
    return derivative(y) { $1.applied(.whereSecondPositive, y) }
  }

  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Variable {
    let y = value.applied(.sigmoid)
    return derivative(y) { _, gradient in
      gradient.applied(.multiply, y.applied(.multiply, y.scaled(by: -1, plus: 1)))
    }
  }

  /// tanh x
  public func tanh() -> Variable {
    let y = value.applied(.hyperbolicTangent)
    return derivative(y) { _, gradient in
      gradient.applied(.multiply, y.applied(.square).scaled(by: -1, plus: 1))
    }
  }

  /// The sine of x in radians.
  public func sin() -> Variable { derivative(value.sin()) { $1.applied(.multiply, $0.cos()) } }

  /// The cosine of x in radians.
  public func cos() -> Variable {
    derivative(value.cos()) { $1.applied(.multiply, $0.sin()).scaled(by: -1) }
  }

  /// xʸ with the same exponent for every element; NaN where x is negative and the exponent is not
  /// whole.
  public func pow(_ exponent: Float) -> Variable {
    derivative(value.pow(exponent)) { x, gradient in
      // Of x⁰ it is 0 even where the power below is infinite.
      exponent == 0
        ? gradient.scaled(by: 0)
        : gradient.applied(.multiply, x.pow(exponent - 1)).scaled(by: exponent)
    }
  }

  /// ln(1 + eˣ)
  public func softplus() -> Variable {
    derivative(value.applied(.softplus)) {
      $1.applied(.multiply, $0.applied(.sigmoid))
    }
  }

  /// x · Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel 2016): the exact form, not
  /// the one with tanh.
  public func gelu() -> Variable {
    derivative(value.applied(.gelu)) { $1.applied(.geluGradient, $0) }
  }

  /// x / (1 + e⁻ˣ) (Elfwing, Uchibe and Doya 2017), also known as swish.
  public func silu() -> Variable {
    derivative(value.applied(.silu)) { $1.applied(.siluGradient, $0) }
  }

  /// x where it is positive, else `slope` times x (Maas, Hannun and Ng 2013). The slope is from 0
  /// to 1.
  public func leakyRelu(slope: Float = 0.01) -> Variable {
    require((0...1).contains(slope), "the slope is from 0 to 1, not \(slope)")
    let y = value.applied(.maximum, value.scaled(by: slope))
    return derivative(y) { x, gradient in
      let positive = gradient.applied(.whereSecondPositive, x)
      return gradient.scaled(by: slope).applied(.add, positive.scaled(by: 1 - slope))
    }
  }
}

extension Variable {
  /// Records `y` as a function of this variable alone, with the product of its derivative and a
  /// gradient.
  func derivative(
    _ y: Tensor<Float>,
    _ product: @escaping @Sendable (_ x: Tensor<Float>, _ gradient: Tensor<Float>) -> Tensor<Float>
  ) -> Variable {
    tape.record(y, from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(product(x.value, gradient), to: x)
    }
  }
}
