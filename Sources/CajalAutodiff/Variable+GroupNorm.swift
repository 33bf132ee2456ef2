import CajalSupport
import CajalTensor

extension Variable {
  /// Group normalization (Wu and He 2018) of pictures `[images, …, channels]`:
  /// `(x - mean) / √(variance + epsilon) · scale + bias`, with mean and biased variance of each
  /// picture's groups of neighboring channels over all positions. `scale` and `bias` are
  /// `[channels]`; `groups` divides the channels.
  public func groupNorm(
    scale: Variable, bias: Variable, groups: Int, epsilon: Float = 1e-5
  ) -> Variable {
    let channels = shape[-1]
    require(shape.rank >= 2, "pictures have channels, which \(shape) has not")
    let geometry = GroupNormGeometry(
      images: shape[0], positions: shape.elements(of: 1..<(shape.rank - 1)), channels: channels,
      groups: groups)
    let (result, statistics) = value.groupNormalized(
      scale: scale.value, bias: bias.value, geometry, epsilon: epsilon)
    return tape.record(result, from: [self, scale, bias]) {
      [x = operand, scale = scale.operand, bias = bias.operand] tape, gradient in
      let gradients = x.value.groupNormGradients(
        gradient, scale: scale.value, statistics: statistics, geometry)
      tape.accumulate(gradients.x, to: x)
      tape.accumulate(gradients.scale, to: scale)
      tape.accumulate(gradients.bias, to: bias)
    }
  }
}
