import CajalSupport
public import CajalTensor

extension Variable {
  /// The convolution of pictures `[images, rows, columns, channels]` with a kernel
  /// `[kernel rows, kernel columns, channels / groups, result channels]`, plus one bias per result
  /// channel: `[images, result rows, result columns, result channels]`.
  ///
  /// Along each axis the result has `(extent + 2 · padding - kernel) / stride + 1` positions,
  /// rounded down; the picture is surrounded by `padding` zeros. The kernel is
  /// not flipped (cross-correlation). Padding is less than the kernel, and `groups` divides both
  /// numbers of channels. The activation is part of the same pass.
  public func convolution2D(
    _ kernel: Variable, bias: Variable? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1,
    activation: Activation = .identity
  ) -> Variable {
    var geometry = convolutionGeometry(kernel, stride: stride, padding: padding, groups: groups)
    geometry.activation = activation
    let result = value.convolved(kernel.value, bias: bias?.value, geometry)
    return tape.record(result, from: [self, kernel] + (bias.map { [$0] } ?? [])) {
      [x = operand, kernel = kernel.operand, bias = bias?.operand, geometry] tape, gradient in
      let gradient = tape.productGradient(gradient, activation, result, bias: bias)
      tape.withGradient(of: kernel) { values, place in
        if !place.accumulates { values.fill(with: 0) }
        values.addConvolutionKernelGradient(x.value, gradient, geometry, at: place.offset)
      }
      tape.withGradient(of: x) { values, place in
        values.storeConvolutionInputGradient(
          gradient, kernel.value, geometry, accumulates: place.accumulates, at: place.offset)
      }
    }
  }

  private func convolutionGeometry(
    _ kernel: Variable, stride: Int, padding: Int, groups: Int
  ) -> ConvolutionGeometry {
    require(
      shape.rank == 4 && kernel.shape.rank == 4 && groups > 0
        && kernel.shape[2] * groups == shape[3],
      """
      a kernel [rows, columns, channels / groups, result channels] of \(kernel.shape) with \
      \(groups) groups does not fit pictures of \(shape)
      """)
    let axes = (0..<2).map { axis in
      ConvolutionGeometry.Axis(
        extent: shape[axis + 1], kernel: kernel.shape[axis], stride: stride, before: padding,
        after: padding)
    }
    return ConvolutionGeometry(
      images: shape[0], rows: axes[0], columns: axes[1], channels: shape[3],
      resultChannels: kernel.shape[3], groups: groups)
  }

  /// Each position repeated `factor` × `factor` times: pictures `[images, rows, columns, channels]`
  /// become `[images, rows · factor, columns · factor, channels]`.
  public func upsampledNearest(factor: Int) -> Variable {
    let geometry = blocks(factor: factor, ofPositions: false)
    return tape.record(value.blocksRepeated(scale: 1, geometry), from: [self]) {
      [x = operand] tape, gradient in
      tape.accumulate(gradient.blockSums(scale: 1, geometry), to: x)
    }
  }

  /// The mean of each block of `factor` × `factor` positions: pictures
  /// `[images, rows, columns, channels]` become
  /// `[images, rows / factor, columns / factor, channels]`. The factor divides rows and columns.
  public func averagePooled(factor: Int) -> Variable {
    let geometry = blocks(factor: factor, ofPositions: true)
    let scale = 1 / Float(factor * factor)
    return tape.record(value.blockSums(scale: scale, geometry), from: [self]) {
      [x = operand] tape, gradient in
      tape.accumulate(gradient.blocksRepeated(scale: scale, geometry), to: x)
    }
  }

  /// Channels spread over blocks of positions (Shi et al. 2016): pictures
  /// `[images, rows, columns, factor² · channels]` become
  /// `[images, rows · factor, columns · factor, channels]`.
  ///
  /// Channel `(i · factor + j) · channels + c` goes to row i and column j of its block, as
  /// TensorFlow's `depth_to_space` has it (PyTorch's `pixel_shuffle` has c outermost).
  public func pixelShuffled(factor: Int) -> Variable {
    require(
      shape.rank == 4 && factor > 0 && shape[3] % (factor * factor) == 0,
      "channels of \(shape) are no multiple of \(factor) squared")
    let (images, rows, columns) = (shape[0], shape[1], shape[2])
    let channels = shape[3] / (factor * factor)
    return reshaped([images, rows, columns, factor, factor * channels])
      .permuted([0, 1, 3, 2, 4])
      .reshaped([images, rows * factor, columns * factor, channels])
  }

  private func blocks(factor: Int, ofPositions: Bool) -> BlockGeometry {
    require(
      shape.rank == 4, "pictures have the shape [images, rows, columns, channels], not \(shape)")
    require(
      factor > 0 && (!ofPositions || (shape[1] % factor == 0 && shape[2] % factor == 0)),
      "blocks of \(factor) by \(factor) do not fill pictures of \(shape)")
    let divisor = ofPositions ? factor : 1
    return BlockGeometry(
      images: shape[0], rows: shape[1] / divisor, columns: shape[2] / divisor, channels: shape[3],
      factor: factor)
  }
}
