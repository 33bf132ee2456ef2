public import CajalTensor

extension Variable {
  /// `activation(x · kernel + bias)` over the innermost axis: x is `[..., inputs]`, `kernel`
  /// `[inputs, outputs]`, `bias` `[outputs]`, the result `[..., outputs]`. One node, one pass.
  public func dense(
    _ kernel: Variable, bias: Variable? = nil,
    activation: Activation = .identity
  ) -> Variable {
    let result = value.dense(kernel.value, bias: bias?.value, activation: activation)
    guard needsGradient || kernel.needsGradient || bias?.needsGradient == true else {
      tape.requireSameTape(kernel)
      if let bias { tape.requireSameTape(bias) }
      return tape.constant(result)
    }
    return tape.record(result, from: [self, kernel] + (bias.map { [$0] } ?? [])) {
      [x = operand, kernel = kernel.operand, bias = bias?.operand] tape, gradient in
      let gradient = tape.productGradient(gradient, activation, result, bias: bias)
      Self.denseGradient(gradient, of: x, kernel: kernel, on: tape)
    }
  }

  /// `gelu(x · kernel + bias)`, as ``dense(_:bias:activation:)`` and ``gelu()``; the gradients of
  /// function and bias take one pass.
  public func denseGelu(_ kernel: Variable, bias: Variable) -> Variable {
    let sums = value.dense(kernel.value, bias: bias.value, activation: .identity)
    return tape.record(sums.applied(.gelu), from: [self, kernel, bias]) {
      [x = operand, kernel = kernel.operand, bias = bias.operand] tape, gradient in
      let gradient = tape.activationGradient(.geluGradient, gradient, sums, bias: bias)
      Self.denseGradient(gradient, of: x, kernel: kernel, on: tape)
    }
  }

  private static func denseGradient(
    _ gradient: Tensor<Float>, of x: Operand, kernel: Operand, on tape: Tape
  ) {
    let (inputs, outputs) = (kernel.shape[0], kernel.shape[1])
    let rows = x.shape.elements(of: 0..<(x.shape.rank - 1))
    tape.withGradient(of: kernel) { values, place in
      var geometry = MatrixProductGeometry(rows: inputs, inner: rows, columns: outputs)
      geometry.transposesLeft = true
      geometry.accumulates = place.accumulates
      values.storeProduct(x.value, gradient, geometry, at: place.offset)
    }
    tape.withGradient(of: x) { values, place in
      var geometry = MatrixProductGeometry(rows: rows, inner: outputs, columns: inputs)
      geometry.transposesRight = true
      geometry.accumulates = place.accumulates
      values.storeProduct(gradient, kernel.value, geometry, at: place.offset)
    }
  }

  /// The matrix product along the last two axes: `[…, n, k] · […, k, m]` is `[…, n, m]`.
  ///
  /// Leading axes are a batch: equal on both sides, or one side is a single matrix that every
  /// product uses. `transposingSelf` and `transposingOther` read the operand as its transpose, at
  /// no cost.
  public func matmul(
    _ other: Variable, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Variable {
    if other.shape.rank == 2 && shape.rank >= 2 && !transposingSelf {
      if !transposingOther && shape[-1] == other.shape[0] { return dense(other) }
      if shape.rank > 2 {
        // One matrix for all: the batch is nothing but more rows.
        let rows: Shape = [shape.elements(of: 0..<(shape.rank - 1)), shape[-1]]
        let product = reshaped(rows).matmul(other, transposingOther: transposingOther)
        return product.reshaped(shape.replacingLast(with: product.shape[1]))
      }
    }
    let result = value.matmul(
      other.value, transposingSelf: transposingSelf, transposingOther: transposingOther)
    return tape.record(result, from: [self, other]) {
      [left = operand, right = other.operand] tape, gradient in
      if left.needsGradient {
        let product =
          transposingSelf
          ? right.value.matmul(gradient, transposingSelf: transposingOther, transposingOther: true)
          : gradient.matmul(right.value, transposingOther: !transposingOther)
        tape.accumulate(Self.sum(product, to: left.shape), to: left)
      }
      if right.needsGradient {
        let product =
          transposingOther
          ? gradient.matmul(left.value, transposingSelf: true, transposingOther: transposingSelf)
          : left.value.matmul(gradient, transposingSelf: !transposingSelf)
        tape.accumulate(Self.sum(product, to: right.shape), to: right)
      }
    }
  }
}
