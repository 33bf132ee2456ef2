import CajalTensor

extension Variable {
  /// eˣ
  public func exp() -> Variable {
    let y = Self.apply(.exponential, value)
    return derivative(y) { Self.apply(.multiply, $1, y) }
  }

  /// ln x
  public func log() -> Variable {
    derivative(Self.apply(.logarithm, value)) { Self.apply(.divide, $1, $0) }
  }

  /// √x
  public func squareRoot() -> Variable {
    let y = Self.apply(.squareRoot, value)
    return derivative(y) { Self.affine(Self.apply(.divide, $1, y), scale: 0.5) }
  }

  /// x²
  public func squared() -> Variable {
    derivative(Self.apply(.square, value)) {
      Self.affine(Self.apply(.multiply, $1, $0), scale: 2)
    }
  }

  /// 1 / x
  public func reciprocal() -> Variable {
    let y = Self.apply(.reciprocal, value)
    return derivative(y) {
      Self.affine(Self.apply(.multiply, $1, Self.apply(.square, y)), scale: -1)
    }
  }

  /// |x|, with derivative 0 at 0
  public func absolute() -> Variable {
    derivative(Self.apply(.absolute, value)) { x, gradient in
      let positive = Self.apply(.whereSecondPositive, gradient, x)
      let negative = Self.apply(.whereSecondPositive, gradient, Self.affine(x, scale: -1))
      return Self.apply(.subtract, positive, negative)
    }
  }

  /// max(x, 0), with derivative 0 at 0
  public func relu() -> Variable {
    let y = Self.apply(.relu, value)
    return derivative(y) { Self.apply(.whereSecondPositive, $1, y) }
  }

  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Variable {
    let y = Self.apply(.sigmoid, value)
    return derivative(y) { _, gradient in
      Self.apply(
        .multiply, gradient,
        Self.apply(.multiply, y, Self.affine(y, scale: -1, offset: 1)))
    }
  }

  /// tanh x
  public func hyperbolicTangent() -> Variable {
    let y = Self.apply(.hyperbolicTangent, value)
    return derivative(y) { _, gradient in
      Self.apply(
        .multiply, gradient, Self.affine(Self.apply(.square, y), scale: -1, offset: 1))
    }
  }

  /// ln(1 + eˣ)
  public func softplus() -> Variable {
    derivative(Self.apply(.softplus, value)) {
      Self.apply(.multiply, $1, Self.apply(.sigmoid, $0))
    }
  }

  /// x · Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel 2016): the exact form, not the one with tanh.
  public func gelu() -> Variable {
    derivative(Self.apply(.gelu, value)) { Self.apply(.geluGradient, $1, $0) }
  }

  /// x / (1 + e⁻ˣ) (Elfwing, Uchibe and Doya 2017), also known as swish.
  public func silu() -> Variable {
    derivative(Self.apply(.silu, value)) { Self.apply(.siluGradient, $1, $0) }
  }

  /// x where it is positive, else `slope` times x (Maas, Hannun and Ng 2013). The slope is from 0 to 1.
  public func leakyRelu(slope: Float = 0.01) -> Variable {
    precondition((0...1).contains(slope), "the slope is from 0 to 1, not \(slope)")
    let y = Self.apply(.maximum, value, Self.affine(value, scale: slope))
    return derivative(y) { x, gradient in
      let positive = Self.apply(.whereSecondPositive, gradient, x)
      return Self.apply(
        .add, Self.affine(gradient, scale: slope), Self.affine(positive, scale: 1 - slope))
    }
  }

  /// Records `y` as a function of this variable alone, with the product of its derivative and a gradient.
  private func derivative(
    _ y: Tensor<Float>,
    _ product: @escaping @Sendable (_ x: Tensor<Float>, _ gradient: Tensor<Float>) -> Tensor<Float>
  ) -> Variable {
    tape.record(y, from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(product(x.value, gradient), to: x)
    }
  }
}
