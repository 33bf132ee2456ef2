// The primitives over buffers, by those over addresses. A buffer keeps its storage until the call
// returns.

extension HostBackend {
  /// The (batched) product of two matrices.
  package func matrixProduct(
    _ left: Buffer, _ right: Buffer, bias: Buffer?, _ result: Buffer,
    _ geometry: MatrixProductGeometry
  ) {
    unsafe matrixProduct(
      left.floats, right.floats, bias: bias?.floats, result.mutableFloats, geometry)
  }

  /// The convolution of pictures.
  package func convolution(
    _ x: Buffer, kernel: Buffer, bias: Buffer?, _ result: Buffer, _ geometry: ConvolutionGeometry
  ) {
    unsafe convolution(
      x.floats, kernel: kernel.floats, bias: bias?.floats, result.mutableFloats, geometry)
    guard geometry.activation == .relu else { return }
    unsafe unary(
      .relu, result.floats, result.mutableFloats, count: geometry.resultShape.count)
  }

  /// The gradient with respect to the pictures.
  package func convolutionInputGradient(
    resultGradient: Buffer, kernel: Buffer, _ xGradient: Buffer, accumulates: Bool,
    _ geometry: ConvolutionGeometry
  ) {
    let own =
      accumulates
      ? Tensor<Float>(uninitialized: geometry.pictureShape, on: Device(self)).buffer : xGradient
    unsafe convolutionInputGradient(
      resultGradient: resultGradient.floats, kernel: kernel.floats, own.mutableFloats, geometry)
    if accumulates {
      addScaled(own, scale: 1, to: xGradient, count: geometry.pictureShape.count)
    }
  }

  /// Adds the gradient with respect to the kernel.
  package func convolutionKernelGradient(
    _ x: Buffer, resultGradient: Buffer, _ kernelGradient: Buffer, _ geometry: ConvolutionGeometry
  ) {
    unsafe convolutionKernelGradient(
      x.floats, resultGradient: resultGradient.floats, kernelGradient.mutableFloats, geometry)
  }

  /// Group normalization.
  package func groupNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer,
    _ geometry: GroupNormGeometry, epsilon: Float
  ) {
    unsafe groupNorm(
      x.floats, scale: scale.floats, bias: bias.floats, result.mutableFloats,
      statistics: statistics.mutableFloats, geometry, epsilon: epsilon)
  }

  /// The gradients of group normalization.
  package func groupNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    scaleGradient: Buffer, biasGradient: Buffer, _ geometry: GroupNormGeometry
  ) {
    unsafe groupNormGradient(
      x.floats, scale: scale.floats, statistics: statistics.floats,
      resultGradient: resultGradient.floats, xGradient.mutableFloats,
      scaleGradient: scaleGradient.mutableFloats, biasGradient: biasGradient.mutableFloats, geometry
    )
  }

  /// `scale` times the sum of each block.
  package func sumBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry) {
    unsafe sumBlocks(x.floats, scale: scale, result.mutableFloats, geometry)
  }

  /// `scale` times each position, for its whole block.
  package func repeatBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry)
  {
    unsafe repeatBlocks(x.floats, scale: scale, result.mutableFloats, geometry)
  }
}
