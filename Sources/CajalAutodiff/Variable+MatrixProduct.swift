public import CajalTensor

extension Variable {
  /// `activation(x · kernel + bias)` over the innermost axis: x is `[..., inputs]`, `kernel`
  /// `[inputs, outputs]`, `bias` `[outputs]`, the result `[..., outputs]`. One node, one pass.
  public func dense(
    _ kernel: Variable, bias: Variable? = nil,
    activation: MatrixProductGeometry.Activation = .identity
  ) -> Variable {
    precondition(
      kernel.shape.rank == 2 && kernel.shape[0] == shape[-1],
      "a kernel of \(kernel.shape) does not fit an input of \(shape)")
    let (inputs, outputs) = (kernel.shape[0], kernel.shape[1])
    precondition(
      bias.map { $0.shape.rank == 1 && $0.shape[0] == outputs } ?? true,
      "a bias of \(bias?.shape ?? []) does not fit \(outputs) outputs")
    let rows = shape.elements(of: 0..<(shape.rank - 1))
    var geometry = MatrixProductGeometry(rows: rows, inner: inputs, columns: outputs)
    geometry.activation = activation
    let result = Tensor<Float>(
      uninitialized: shape.replacingLast(with: outputs), on: value.device)
    backend.matrixProduct(
      value.unsafePointer, kernel.value.unsafePointer, bias: bias?.value.unsafePointer,
      result.unsafeMutablePointer, geometry)
    guard needsGradient || kernel.needsGradient || bias?.needsGradient == true else {
      return tape.constant(result)
    }
    return tape.record(result, from: [self, kernel] + (bias.map { [$0] } ?? [])) {
      [x = operand, kernel = kernel.operand, bias = bias?.operand] tape, gradient in
      let gradient =
        activation == .relu ? Self.apply(.whereSecondPositive, gradient, result) : gradient
      Self.denseGradient(gradient, of: x, kernel: kernel, bias: bias, rows: rows, on: tape)
    }
  }

  private static func denseGradient(
    _ gradient: Tensor<Float>, of x: Operand, kernel: Operand, bias: Operand?, rows: Int,
    on tape: Tape
  ) {
    let (inputs, outputs) = (kernel.shape[0], kernel.shape[1])
    let backend = gradient.device.backend
    if let bias {
      let flat = gradient.reshaped([rows, outputs])
      tape.accumulate(reduce(.sum, flat, axis: 0), to: bias)
    }
    tape.withGradient(of: kernel) { target, accumulates in
      var geometry = MatrixProductGeometry(rows: inputs, inner: rows, columns: outputs)
      geometry.transposesLeft = true
      geometry.accumulates = accumulates
      backend.matrixProduct(
        x.value.unsafePointer, gradient.unsafePointer, bias: nil, target, geometry)
    }
    tape.withGradient(of: x) { target, accumulates in
      var geometry = MatrixProductGeometry(rows: rows, inner: outputs, columns: inputs)
      geometry.transposesRight = true
      geometry.accumulates = accumulates
      backend.matrixProduct(
        gradient.unsafePointer, kernel.value.unsafePointer, bias: nil, target, geometry)
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
    @Sendable func product(
      _ left: Tensor<Float>, _ right: Tensor<Float>, _ target: UnsafeMutablePointer<Float>,
      rows: Int, inner: Int, columns: Int, transposesLeft: Bool = false,
      transposesRight: Bool = false, accumulates: Bool = false
    ) {
      var geometry = MatrixProductGeometry(rows: rows, inner: inner, columns: columns)
      geometry.transposesLeft = transposesLeft
      geometry.transposesRight = transposesRight
      geometry.batch = batch
      geometry.leftBatchStride = rows * inner
      geometry.rightBatchStride = inner * columns
      geometry.accumulates = accumulates
      left.device.backend.matrixProduct(
        left.unsafePointer, right.unsafePointer, bias: nil, target, geometry)
    }
    let result = Tensor<Float>(
      uninitialized: Shape(Array(lead) + [rows, columns]), on: value.device)
    product(
      value, other.value, result.unsafeMutablePointer, rows: rows, inner: inner, columns: columns)
    return tape.record(result, from: [self, other]) {
      [left = operand, right = other.operand] tape, gradient in
      tape.withGradient(of: left) { target, accumulates in
        product(
          gradient, right.value, target, rows: rows, inner: columns, columns: inner,
          transposesRight: true, accumulates: accumulates)
      }
      tape.withGradient(of: right) { target, accumulates in
        product(
          left.value, gradient, target, rows: inner, inner: rows, columns: columns,
          transposesLeft: true, accumulates: accumulates)
      }
    }
  }
}
