import CajalSupport

extension Tensor<Float> {
  /// `activation(self · kernel + bias)` over the innermost axis: this is `[…, inputs]`, `kernel`
  /// `[inputs, outputs]`, `bias` `[outputs]`.
  package func dense(
    _ kernel: Tensor, bias: Tensor?, activation: Activation
  ) -> Tensor {
    require(
      kernel.rank == 2 && kernel.shape[0] == shape[-1],
      "a kernel of \(kernel.shape) does not fit an input of \(shape)")
    let outputs = kernel.shape[1]
    require(
      bias.map { $0.shape == [outputs] } ?? true,
      "a bias of \(bias?.shape ?? []) does not fit \(outputs) outputs")
    var geometry = MatrixProductGeometry(
      rows: shape.elements(of: 0..<(rank - 1)), inner: kernel.shape[0], columns: outputs)
    geometry.activation = activation
    requireSameDevice(kernel)
    if let bias { requireSameDevice(bias) }
    let result = Tensor(uninitialized: shape.replacingLast(with: outputs), on: device)
    device.backend.matrixProduct(
      buffer, kernel.buffer, bias: bias?.buffer, result.buffer, geometry)
    return result
  }

  /// Stores a (batched) product of matrices in the elements of the flat sequence from `offset` on,
  /// or adds it to them where the geometry accumulates.
  package mutating func storeProduct(
    _ left: Tensor, _ right: Tensor, bias: Tensor? = nil, _ geometry: MatrixProductGeometry,
    at offset: Int = 0
  ) {
    requireSameDevice(left)
    requireSameDevice(right)
    if let bias { requireSameDevice(bias) }
    left.requirePlace(0, geometry.leftCount)
    right.requirePlace(0, geometry.rightCount)
    bias?.requirePlace(0, geometry.columns)
    requirePlace(offset, geometry.batch * geometry.rows * geometry.columns)
    makeUnique()
    device.backend.matrixProduct(
      left.buffer, right.buffer, bias: bias?.buffer, buffer.advanced(by: offset), geometry)
  }
}

extension MatrixProductGeometry {
  /// The elements from the first to the last one that is read of the left operand.
  package var leftCount: Int { Self.count(batch, leftBatchStride, rows * inner) }
  /// The elements from the first to the last one that is read of the right operand.
  package var rightCount: Int { Self.count(batch, rightBatchStride, inner * columns) }

  private static func count(_ batch: Int, _ stride: Int, _ matrix: Int) -> Int {
    batch > 0 ? (batch - 1) * stride + matrix : 0
  }
}
