import CajalSupport

// Pictures `[images, rows, columns, channels]`.

extension Tensor<Float> {
  /// The convolution of these pictures with a kernel, plus one bias per channel; see
  /// ``ConvolutionGeometry``.
  package func convolved(
    _ kernel: Tensor, bias: Tensor?, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    requireConvolution(kernel, geometry)
    require(
      bias.map { $0.shape == [geometry.resultChannels] } ?? true,
      "a bias of \(bias?.shape ?? []) does not fit \(geometry.resultChannels) channels")
    if let bias { requireSameDevice(bias) }
    let result = Tensor(uninitialized: geometry.resultShape, on: device)
    device.backend.convolution(
      buffer, kernel: kernel.buffer, bias: bias?.buffer, result.buffer, geometry)
    return result
  }

  /// Stores the gradient of ``convolved(_:bias:_:)`` with respect to the pictures in the elements of
  /// the flat sequence from `offset` on, or adds it to them where it `accumulates`.
  package mutating func storeConvolutionInputGradient(
    _ gradient: Tensor, _ kernel: Tensor, _ geometry: ConvolutionGeometry, accumulates: Bool,
    at offset: Int
  ) {
    require(
      gradient.shape == geometry.resultShape && kernel.shape == geometry.kernelShape,
      "a gradient of \(gradient.shape) and a kernel of \(kernel.shape) do not fit the convolution")
    requireSameDevice(gradient)
    requireSameDevice(kernel)
    requirePlace(offset, geometry.pictureShape.count)
    makeUnique()
    device.backend.convolutionInputGradient(
      resultGradient: gradient.buffer, kernel: kernel.buffer, buffer.advanced(by: offset),
      accumulates: accumulates, geometry)
  }

  /// Adds the gradient of ``convolved(_:bias:_:)`` with respect to the kernel to the elements of
  /// the flat sequence from `offset` on.
  package mutating func addConvolutionKernelGradient(
    _ x: Tensor, _ gradient: Tensor, _ geometry: ConvolutionGeometry, at offset: Int
  ) {
    require(
      x.shape == geometry.pictureShape && gradient.shape == geometry.resultShape,
      "pictures of \(x.shape) and a gradient of \(gradient.shape) do not fit the convolution")
    requireSameDevice(x)
    requireSameDevice(gradient)
    requirePlace(offset, geometry.kernelShape.count)
    makeUnique()
    device.backend.convolutionKernelGradient(
      x.buffer, resultGradient: gradient.buffer, buffer.advanced(by: offset), geometry)
  }

  private func requireConvolution(_ kernel: Tensor, _ geometry: ConvolutionGeometry) {
    require(
      shape == geometry.pictureShape && kernel.shape == geometry.kernelShape,
      "pictures of \(shape) and a kernel of \(kernel.shape) do not fit the convolution")
    requireSameDevice(kernel)
  }

  /// `scale` times the sum of each block of positions.
  package func blockSums(scale: Float, _ geometry: BlockGeometry) -> Tensor {
    require(
      shape == geometry.positionShape, "\(shape) is not \(geometry.positionShape) of blocks")
    let result = Tensor(uninitialized: geometry.blockShape, on: device)
    device.backend.sumBlocks(buffer, scale: scale, result.buffer, geometry)
    return result
  }

  /// `scale` times each position at every position of its block.
  package func blocksRepeated(scale: Float, _ geometry: BlockGeometry) -> Tensor {
    require(shape == geometry.blockShape, "\(shape) is not \(geometry.blockShape) of blocks")
    let result = Tensor(uninitialized: geometry.positionShape, on: device)
    device.backend.repeatBlocks(buffer, scale: scale, result.buffer, geometry)
    return result
  }

  /// Group normalization of pictures, and the statistics `[images, groups, 2]` that its gradient
  /// needs.
  package func groupNormalized(
    scale: Tensor, bias: Tensor, _ geometry: GroupNormGeometry, epsilon: Float
  ) -> (result: Tensor, statistics: Tensor) {
    require(
      count == geometry.images * geometry.positions * geometry.channels
        && scale.shape == [geometry.channels] && bias.shape == [geometry.channels],
      "scale \(scale.shape) and bias \(bias.shape) do not fit \(shape)")
    requireSameDevice(scale)
    requireSameDevice(bias)
    let result = Tensor(uninitialized: shape, on: device)
    let statistics = Tensor(uninitialized: [geometry.images, geometry.groups, 2], on: device)
    device.backend.groupNorm(
      buffer, scale: scale.buffer, bias: bias.buffer, result.buffer, statistics: statistics.buffer,
      geometry, epsilon: epsilon)
    return (result, statistics)
  }

  /// The gradients of ``groupNormalized(scale:bias:_:epsilon:)`` of these pictures.
  package func groupNormGradients(
    _ gradient: Tensor, scale: Tensor, statistics: Tensor, _ geometry: GroupNormGeometry
  ) -> (x: Tensor, scale: Tensor, bias: Tensor) {
    requireSameForm(gradient)
    let channels = geometry.channels
    scale.requirePlace(0, channels)
    statistics.requirePlace(0, 2 * geometry.images * geometry.groups)
    let sums = Tensor(zeros: [2, channels], on: device)
    let own = Tensor(uninitialized: shape, on: device)
    device.backend.groupNormGradient(
      buffer, scale: scale.buffer, statistics: statistics.buffer, resultGradient: gradient.buffer,
      own.buffer, scaleGradient: sums.buffer, biasGradient: sums.buffer.advanced(by: channels),
      geometry)
    return (
      own, sums.flatSlice(from: 0, shape: [channels]),
      sums.flatSlice(from: channels, shape: [channels])
    )
  }
}

extension BlockGeometry {
  /// The shapes of pictures with one position per block, and of the pictures themselves.
  fileprivate var blockShape: Shape { [images, rows, columns, channels] }
  fileprivate var positionShape: Shape { [images, rows * factor, columns * factor, channels] }
}
