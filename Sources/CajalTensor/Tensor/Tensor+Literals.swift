extension Tensor: ExpressibleByArrayLiteral {
  /// A tensor on the processor with an axis for each level of brackets:
  /// `let x: Tensor<Float> = [[1, 2], [3, 4]]` has shape `[2, 2]`.
  ///
  /// Traps when the brackets of one level do not hold equally much. Holds literals only; variables
  /// go through ``init(_:shape:on:)``, ``init(rows:on:)`` or ``stack(_:axis:)``.
  public init(arrayLiteral literals: TensorLiteral<Scalar>...) {
    let literal = TensorLiteral(literals)
    self.init(literal.elements, shape: literal.shape)
  }
}
