import CajalTensor

extension Tape {
  /// Computes a segment without keeping what its derivatives need; the backward pass computes the
  /// segment again (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016).
  ///
  /// Of a network of n equal layers, each a segment, a pass then keeps n inputs and the insides of
  /// one layer instead of the insides of all, for one more forward pass. Gradients have the same
  /// bits as without it.
  ///
  /// ```swift
  /// let y = tape.checkpoint([x, kernel]) { tape, inputs in
  ///   inputs[0].matmul(inputs[1]).gelu()
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - inputs: All variables that the segment uses, on this tape.
  ///   - segment: Computes the result on the tape that it is given, from the inputs as variables of
  ///     that tape, from constants and from parameters, which it asks that tape for. It runs twice
  ///     and has to do the same both times. It can capture tensors and layers; the compiler checks
  ///     that it captures no variable.
  /// - Returns: The segment's result as a variable of this tape.
  public func checkpoint(
    _ inputs: [Variable],
    _ segment: @escaping @Sendable (_ tape: Tape, _ inputs: [Variable]) -> Variable
  ) -> Variable {
    checkpoint(inputs, first: segment, again: segment)
  }

  /// A checkpointed segment whose first run, at once, and whose second may differ in what they do
  /// beside computing.
  package func checkpoint(
    _ inputs: [Variable], first: (_ tape: Tape, _ inputs: [Variable]) -> Variable,
    again: @escaping @Sendable (_ tape: Tape, _ inputs: [Variable]) -> Variable
  ) -> Variable {
    for input in inputs { requireSameTape(input) }
    let operands = inputs.map(\.operand)
    let scratch = Tape(parameterGradients: parameterGradients, keepsDerivatives: false)
    let result = first(scratch, scratch.adopt(operands).variables)
    scratch.requireSameTape(result)
    guard result.needsGradient else { return constant(result.value) }
    return recordResult(result.value) { tape, gradient in
      let inner = Tape(parameterGradients: tape.parameterGradients)
      let (variables, nodes) = inner.adopt(operands)
      let result = again(inner, variables)
      // What has reached the inputs so far is added to inside, in the order of a pass without
      // checkpoints.
      for (outer, own) in nodes { swap(&inner.gradients[own], &tape.gradients[outer]) }
      inner.backward(from: result, gradient: gradient)
      for (outer, own) in nodes { swap(&inner.gradients[own], &tape.gradients[outer]) }
    }
  }

  /// Operands of another tape as variables of this one, which has one node for each of their
  /// nodes.
  private func adopt(_ operands: [Operand]) -> (variables: [Variable], nodes: [Int: Int]) {
    var nodes: [Int: Int] = [:]
    let variables = operands.map { operand -> Variable in
      guard case .node(let outer) = operand.source else {
        return Variable(operand: operand, tape: self)
      }
      if let own = nodes[outer] {
        return Variable(operand: Operand(value: operand.value, source: .node(own)), tape: self)
      }
      nodes[outer] = gradients.count
      return variable(operand.value)
    }
    return (variables, nodes)
  }
}
