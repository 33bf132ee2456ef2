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
      return tape.constant(result)
    }
    return tape.record(result, from: [self, kernel] + (bias.map { [$0] } ?? [])) {
      [x = operand, kernel = kernel.operand, bias = bias?.operand] tape, gradient in
      let gradient =
        activation == .relu ? gradient.applied(.whereSecondPositive, result) : gradient
      Self.denseGradient(gradient, of: x, kernel: kernel, bias: bias, on: tape)
    }
  }

  private static func denseGradient(
    _ gradient: Tensor<Float>, of x: Operand, kernel: Operand, bias: Operand?, on tape: Tape
  ) {
    let (inputs, outputs) = (kernel.shape[0], kernel.shape[1])
    let rows = x.shape.elements(of: 0..<(x.shape.rank - 1))
    if let bias {
      tape.accumulate(
        gradient.reshaped([rows, outputs]).reduced(.sum, axis: 0, count: 1), to: bias)
    }
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

  /// The matrix product of the two innermost axes. Leading axes agree, or `other` has none: then it is
  /// used for all.
  public func matrixProduct(_ other: Variable) -> Variable {
    precondition(
      shape.rank >= 2 && other.shape.rank >= 2 && shape[-1] == other.shape[-2],
      "cannot multiply matrices of \(shape) and \(other.shape)")
    guard other.shape.rank > 2 else { return dense(other) }
    let lead = shape.dimensions.dropLast(2)
    precondition(
      lead == other.shape.dimensions.dropLast(2),
      "batches of \(shape) and \(other.shape) do not agree")
    let (rows, inner, columns) = (shape[-2], shape[-1], other.shape[-1])
    let batch = lead.reduce(1, *)
    @Sendable func geometry(rows: Int, inner: Int, columns: Int) -> MatrixProductGeometry {
      var geometry = MatrixProductGeometry(rows: rows, inner: inner, columns: columns)
      geometry.batch = batch
      geometry.leftBatchStride = rows * inner
      geometry.rightBatchStride = inner * columns
      return geometry
    }
    var result = Tensor<Float>(
      uninitialized: Shape(Array(lead) + [rows, columns]), on: value.device)
    result.storeProduct(
      value, other.value, geometry(rows: rows, inner: inner, columns: columns))
    return tape.record(result, from: [self, other]) {
      [left = operand, right = other.operand] tape, gradient in
      tape.withGradient(of: left) { values, place in
        var geometry = geometry(rows: rows, inner: columns, columns: inner)
        geometry.transposesRight = true
        geometry.accumulates = place.accumulates
        values.storeProduct(gradient, right.value, geometry, at: place.offset)
      }
      tape.withGradient(of: right) { values, place in
        var geometry = geometry(rows: inner, inner: rows, columns: columns)
        geometry.transposesLeft = true
        geometry.accumulates = place.accumulates
        values.storeProduct(left.value, gradient, geometry, at: place.offset)
      }
    }
  }
}
