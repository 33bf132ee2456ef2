import CajalSupport

// Operations on the rows of the innermost axis.

extension Tensor where Scalar: TensorFloatingPoint {
  /// `eˣ / Σ eˣ` along the innermost axis.
  public func softmax() -> Tensor {
    if let x = asFloat { return Tensor(x.softmax(logarithm: false)) }
    let exponentials = (self - reduced(.maximum, axis: -1, keepingAxis: true)).exp()
    return exponentials / exponentials.sum(axis: -1, keepingAxis: true)
  }

  /// The natural logarithm of ``softmax()``, without loss of precision where it is small.
  public func logSoftmax() -> Tensor {
    if let x = asFloat { return Tensor(x.softmax(logarithm: true)) }
    let shifted = self - reduced(.maximum, axis: -1, keepingAxis: true)
    return shifted - shifted.exp().sum(axis: -1, keepingAxis: true).log()
  }

  /// Layer normalization along the innermost axis (Ba, Kiros and Hinton 2016):
  /// `(x - mean) / √(variance + epsilon) · scale + bias` with the biased variance.
  ///
  /// `scale` and `bias` are vectors as long as the innermost axis.
  public func layerNorm(scale: Tensor, bias: Tensor, epsilon: Scalar = 1e-6) -> Tensor {
    let width = shape[-1]
    require(
      scale.shape == [width] && bias.shape == [width],
      "scale \(scale.shape) and bias \(bias.shape) do not fit \(shape)")
    if let x = asFloat, let scale = scale.asFloat, let bias = bias.asFloat {
      let epsilon = Float(epsilon.asDouble)
      return Tensor(x.layerNormalized(scale: scale, bias: bias, epsilon: epsilon))
    }
    let centered = self - mean(axis: -1, keepingAxis: true)
    let variance = centered.squared().mean(axis: -1, keepingAxis: true)
    return centered / (variance + epsilon).sqrt() * scale + bias
  }
}
