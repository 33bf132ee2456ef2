extension Tensor {
  /// x²
  public func squared() -> Tensor { applying(.square) }
  /// max(x, 0); NaN stays NaN.
  public func relu() -> Tensor { applying(.relu) }
}

extension Tensor where Scalar: BinaryFloatingPoint {
  /// eˣ
  public func exp() -> Tensor { applying(.exponential) }
  /// The natural logarithm: -infinity of 0, NaN of what is below.
  public func log() -> Tensor { applying(.logarithm) }
  /// √x; NaN of what is below 0.
  public func sqrt() -> Tensor { applying(.squareRoot) }
  /// 1 / x
  public func reciprocal() -> Tensor { applying(.reciprocal) }
  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Tensor { applying(.sigmoid) }
  /// The hyperbolic tangent.
  public func tanh() -> Tensor { applying(.hyperbolicTangent) }
  /// ln(1 + eˣ), without overflow.
  public func softplus() -> Tensor { applying(.softplus) }
}

// MARK: - Rows

extension Tensor where Scalar: BinaryFloatingPoint {
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

  /// Layer normalisation along the innermost axis (Ba, Kiros and Hinton 2016):
  /// `(x - mean) / √(variance + epsilon) · scale + bias` with the biased variance.
  ///
  /// `scale` and `bias` are vectors as long as the innermost axis.
  public func layerNorm(scale: Tensor, bias: Tensor, epsilon: Scalar = 1e-6) -> Tensor {
    let width = shape[-1]
    precondition(
      scale.shape == [width] && bias.shape == [width],
      "layer norm of \(shape) takes \(width) scales and biases, not \(scale.shape) and \(bias.shape)"
    )
    if let x = asFloat, let scale = scale.asFloat, let bias = bias.asFloat {
      return Tensor(x.layerNormalized(scale: scale, bias: bias, epsilon: Float(epsilon)).result)
    }
    let centred = self - mean(axis: -1, keepingAxis: true)
    let variance = centred.squared().mean(axis: -1, keepingAxis: true)
    return centred / (variance + epsilon).sqrt() * scale + bias
  }
}

extension Tensor {
  /// The rows (elements of the outermost axis) that `indices` names: a tensor of shape
  /// `indices.shape + shape[1...]`. Traps when there is no such row.
  public func gatheringRows(_ indices: Tensor<Int32>) -> Tensor {
    precondition(rank > 0, "a tensor without axes has no rows")
    requireSameDevice(indices)
    let width = shape.dimensions.dropFirst().reduce(1, *)
    indices.requireElements(in: 0..<shape[0], name: "row")
    let shape = Shape(indices.shape.dimensions + shape.dimensions.dropFirst())
    if let table = asFloat {
      return Tensor(
        table.reshaped([self.shape[0], width]).gatheredRows(indices, scale: 1).reshaped(shape))
    }
    let source = scalars
    return Tensor(
      indices.scalars.flatMap { source[Int($0) * width..<(Int($0) + 1) * width] }, shape: shape,
      on: device)
  }
}
