import CajalSupport

/// What the brackets of a tensor's literal hold: a number, or brackets again.
///
/// Made by the compiler, from `let x: Tensor<Float> = [[1, 2], [3, 4]]`.
public struct TensorLiteral<Scalar: TensorScalar>: ExpressibleByArrayLiteral, Sendable {
  let shape: Shape
  let elements: [Scalar]

  init(_ element: Scalar) {
    shape = []
    elements = [element]
  }

  /// Literals of one shape, one after the other. Traps where their shapes differ.
  public init(arrayLiteral literals: TensorLiteral...) { self.init(literals) }

  init(_ literals: [TensorLiteral]) {
    let inner = literals.first?.shape ?? Shape([Int]())
    for (index, literal) in literals.enumerated() {
      require(
        literal.shape == inner,
        "element \(index) of the literal has shape \(literal.shape), and the first has \(inner)")
    }
    shape = literals.isEmpty ? [0] : Shape([literals.count] + inner.dimensions)
    elements = literals.flatMap(\.elements)
  }
}

extension TensorLiteral: ExpressibleByIntegerLiteral where Scalar: ExpressibleByIntegerLiteral {
  /// A number.
  public init(integerLiteral value: Scalar.IntegerLiteralType) {
    self.init(Scalar(integerLiteral: value))
  }
}

extension TensorLiteral: ExpressibleByFloatLiteral where Scalar: ExpressibleByFloatLiteral {
  /// A number.
  public init(floatLiteral value: Scalar.FloatLiteralType) {
    self.init(Scalar(floatLiteral: value))
  }
}

extension TensorLiteral: ExpressibleByBooleanLiteral where Scalar: ExpressibleByBooleanLiteral {
  /// `true` or `false`.
  public init(booleanLiteral value: Scalar.BooleanLiteralType) {
    self.init(Scalar(booleanLiteral: value))
  }
}
