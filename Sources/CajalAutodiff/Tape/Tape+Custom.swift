import CajalSupport
public import CajalTensor

extension Tape {
  /// Records an operation of your own: `value`, computed from `inputs`, and its derivative.
  ///
  /// ```swift
  /// /// The sine of π x, with the derivative π · cos(π x).
  /// func sinPi(_ x: Variable) -> Variable {
  ///   let angle = x.value * .pi
  ///   return x.tape.record("sinPi", angle.sin(), from: [x]) { gradient in
  ///     [gradient * angle.cos() * .pi]
  ///   }
  /// }
  /// ```
  ///
  /// The derivative is kept until the backward pass, or as long as the tape, and so is what it
  /// captures: capture the tensors that it needs and nothing else. A ``Variable`` cannot be
  /// captured, which the compiler checks, since it would keep its tape alive. ``GradientCheck``
  /// compares a derivative with finite differences.
  ///
  /// - Parameters:
  ///   - name: What the operation is called in messages.
  ///   - value: The result, of any shape, on the device of the inputs.
  ///   - inputs: What it was computed from, on this tape. If none of them needs a gradient the
  ///     result is a constant and the derivative is dropped.
  ///   - derivative: Given the gradient of the loss with respect to the result, in its shape,
  ///     returns that with respect to each input, in the input's shape and on its device, or `nil`
  ///     for zeros. Called at most once.
  /// - Returns: The result as a variable of this tape.
  public func record(
    _ name: String, _ value: Tensor<Float>, from inputs: [Variable],
    derivative: @escaping @Sendable (_ gradient: Tensor<Float>) -> [Tensor<Float>?]
  ) -> Variable {
    for input in inputs {
      require(
        input.value.device == value.device,
        "\(name) has an input on \(input.value.device) and its result on \(value.device)")
    }
    return record(value, from: inputs) { [operands = inputs.map(\.operand)] tape, gradient in
      let gradients = derivative(gradient)
      require(
        gradients.count == operands.count,
        "the derivative of \(name) gives \(gradients.count) gradients of \(operands.count) inputs")
      for (index, (operand, gradient)) in zip(operands, gradients).enumerated() {
        guard let gradient else { continue }
        require(
          gradient.shape == operand.shape && gradient.device == operand.value.device,
          """
          the derivative of \(name) by input \(index) is of \(gradient.shape) on \
          \(gradient.device), not of \(operand.shape) on \(operand.value.device)
          """)
        tape.accumulate(gradient, to: operand)
      }
    }
  }
}
