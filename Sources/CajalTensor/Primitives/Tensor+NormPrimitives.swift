import CajalSupport

// Layer normalization of rows and of sums of rows.

extension Tensor<Float> {
  /// Layer normalization over the innermost axis; `scale` and `bias` are as long as the axis.
  package func layerNormalized(scale: Tensor, bias: Tensor, epsilon: Float) -> Tensor {
    layerNormalized(scale: scale, bias: bias, epsilon: epsilon, statistics: nil)
  }

  /// ``layerNormalized(scale:bias:epsilon:)`` and the statistics `[rows, 2]` that its gradient
  /// needs.
  package func layerNormalizedWithStatistics(
    scale: Tensor, bias: Tensor, epsilon: Float
  ) -> (result: Tensor, statistics: Tensor) {
    let statistics = Tensor(uninitialized: [rowCount, 2], on: device)
    let result = layerNormalized(
      scale: scale, bias: bias, epsilon: epsilon, statistics: statistics.buffer)
    return (result, statistics)
  }

  private func layerNormalized(
    scale: Tensor, bias: Tensor, epsilon: Float, statistics: Buffer?
  ) -> Tensor {
    requireNormParameters(scale, bias)
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.layerNorm(
      buffer, scale: scale.buffer, bias: bias.buffer, result.buffer, statistics: statistics,
      rows: rowCount, width: width, epsilon: epsilon)
    return result
  }

  private func requireNormParameters(_ scale: Tensor, _ bias: Tensor) {
    require(
      scale.shape == [width] && bias.shape == [width],
      "scale \(scale.shape) and bias \(bias.shape) do not fit \(shape)")
    requireSameDevice(scale)
    requireSameDevice(bias)
  }

  /// The sum of this tensor, or of what dropout leaves of it, and a residual, if there is one; and
  /// the layer normalization of the sum.
  ///
  /// - Parameters:
  ///   - key: What dropout keeps; `nil` for everything.
  ///   - residual: What is added, of the same shape.
  ///   - scale: The scale, as long as the innermost axis.
  ///   - bias: The bias likewise.
  ///   - epsilon: Added to the variance.
  ///   - needsGradient: Whether the statistics `[rows, 2]` that the gradient needs are kept.
  package func sumAndLayerNorm(
    dropout key: DropoutKey?, residual: Tensor?, scale: Tensor, bias: Tensor, epsilon: Float,
    needsGradient: Bool
  ) -> (sum: Tensor, result: Tensor, statistics: Tensor?) {
    if let residual { requireSameForm(residual) }
    requireNormParameters(scale, bias)
    let sum = Tensor(uninitialized: shape, on: device)
    let result = Tensor(uninitialized: shape, on: device)
    let statistics = needsGradient ? Tensor(uninitialized: [rowCount, 2], on: device) : nil
    device.backend.sumLayerNorm(
      buffer, dropout: key, residual: residual?.buffer, sum: sum.buffer, scale: scale.buffer,
      bias: bias.buffer, result.buffer, statistics: statistics?.buffer, rows: rowCount,
      width: width, epsilon: epsilon)
    return (sum, result, statistics)
  }

  /// Adds the gradients of layer normalization of this tensor.
  ///
  /// - Parameters:
  ///   - gradient: That of the result.
  ///   - scale: The scale.
  ///   - statistics: Those of the rows.
  ///   - own: The gradient of this tensor so far, if there is any.
  ///   - sums: A flat buffer with the gradients of scale and bias.
  ///   - scaleOffset: Where that of the scale begins.
  ///   - biasOffset: Where that of the bias begins.
  ///   - key: What dropout keeps of this tensor's gradient, if that is asked for.
  /// - Returns: What dropout leaves of this tensor's gradient.
  @discardableResult
  package func addLayerNormGradients(
    _ gradient: Tensor, scale: Tensor, statistics: Tensor, to own: inout Tensor?,
    sums: inout Tensor, at scaleOffset: Int, _ biasOffset: Int, dropout key: DropoutKey? = nil
  ) -> Tensor? {
    requireSameForm(gradient)
    scale.requirePlace(0, width)
    statistics.requirePlace(0, 2 * rowCount)
    sums.requirePlace(scaleOffset, width)
    sums.requirePlace(biasOffset, width)
    requireSameDevice(sums)
    let accumulates = own != nil
    var result = own.take() ?? Tensor(uninitialized: shape, on: device)
    requireSameForm(result)
    result.makeUnique()
    sums.makeUnique()
    defer { own = result }
    let scaleGradient = sums.buffer.advanced(by: scaleOffset)
    let biasGradient = sums.buffer.advanced(by: biasOffset)
    guard let key else {
      device.backend.layerNormGradient(
        buffer, scale: scale.buffer, statistics: statistics.buffer,
        resultGradient: gradient.buffer, result.buffer, accumulates: accumulates,
        scaleGradient: scaleGradient, biasGradient: biasGradient, rows: rowCount, width: width)
      return nil
    }
    let dropped = Tensor(uninitialized: shape, on: device)
    device.backend.layerNormGradient(
      buffer, scale: scale.buffer, statistics: statistics.buffer, resultGradient: gradient.buffer,
      result.buffer, accumulates: accumulates, dropout: key, dropped: dropped.buffer,
      scaleGradient: scaleGradient, biasGradient: biasGradient, rows: rowCount, width: width)
    return dropped
  }
}
