public import CajalTensor

extension Variable {
  /// Group normalization (Wu and He 2018) of pictures `[images, …, channels]`:
  /// `(x - mean) / √(variance + epsilon) · scale + bias`, with mean and biased variance of each picture's groups
  /// of neighbouring channels over all positions. `scale` and `bias` are `[channels]`; `groups` divides the
  /// channels.
  public func groupNorm(
    scale: Variable, bias: Variable, groups: Int, epsilon: Float = 1e-5
  ) -> Variable {
    let channels = shape[-1]
    precondition(
      shape.rank >= 2 && scale.shape == [channels] && bias.shape == [channels],
      "scale \(scale.shape) and bias \(bias.shape) do not fit \(shape)")
    let geometry = GroupNormGeometry(
      images: shape[0], positions: shape.elements(of: 1..<(shape.rank - 1)), channels: channels,
      groups: groups)
    let result = Tensor<Float>(uninitialized: shape, on: value.device)
    let statistics = Tensor<Float>(uninitialized: [shape[0], groups, 2], on: value.device)
    backend.groupNorm(
      value.unsafePointer, scale: scale.value.unsafePointer, bias: bias.value.unsafePointer,
      result.unsafeMutablePointer, statistics: statistics.unsafeMutablePointer, geometry,
      epsilon: epsilon)
    return tape.record(result, from: [self, scale, bias]) {
      [x = operand, scale = scale.operand, bias = bias.operand] tape, gradient in
      let sums = Tensor<Float>(repeating: 0, shape: [2, channels], on: x.value.device)
      let own = Tensor<Float>(uninitialized: x.shape, on: x.value.device)
      x.backend.groupNormGradient(
        x.value.unsafePointer, scale: scale.value.unsafePointer,
        statistics: statistics.unsafePointer, resultGradient: gradient.unsafePointer,
        own.unsafeMutablePointer, scaleGradient: sums.unsafeMutablePointer,
        biasGradient: sums.unsafeMutablePointer + channels, geometry)
      tape.accumulate(own, to: x)
      tape.accumulate(sums.flatSlice(from: 0, shape: [channels]), to: scale)
      tape.accumulate(sums.flatSlice(from: channels, shape: [channels]), to: bias)
    }
  }
}
