public import CajalTensor

extension Variable {
  /// Layer normalization over the innermost axis (Ba et al. 2016):
  /// `(x - mean) / √(variance + epsilon) · scale + bias`, with the biased variance.
  public func layerNorm(scale: Variable, bias: Variable, epsilon: Float = 1e-6) -> Variable {
    guard needsGradient || scale.needsGradient || bias.needsGradient else {
      return tape.constant(
        value.layerNormalized(scale: scale.value, bias: bias.value, epsilon: epsilon))
    }
    let (result, statistics) = value.layerNormalizedWithStatistics(
      scale: scale.value, bias: bias.value, epsilon: epsilon)
    return tape.record(result, from: [self, scale, bias]) {
      [x = operand, scale = scale.operand, bias = bias.operand] tape, gradient in
      var own = tape.takeGradient(of: x)
      tape.withGradients(of: scale, bias) { sums, scaleOffset, biasOffset in
        x.value.addLayerNormGradients(
          gradient, scale: scale.value, statistics: statistics, to: &own, sums: &sums,
          at: scaleOffset, biasOffset)
      }
      if let own { tape.accumulate(own, to: x) }
    }
  }

  /// A sum and its layer normalization, in one pass.
  ///
  /// The sum is that of this variable, or what dropout leaves of it, and a residual: what most
  /// sub-layers end with, before the next one begins with its normalization.
  ///
  /// - Parameters:
  ///   - key: What dropout keeps; `nil` for everything.
  ///   - residual: What is added, of this shape; `nil` for nothing.
  ///   - scale: `[width]`
  ///   - bias: `[width]`
  ///   - epsilon: Added to the variance.
  /// - Returns: The sum, and its normalization as by ``layerNorm(scale:bias:epsilon:)``.
  public func layerNormOfSum(
    dropout key: DropoutKey?, residual: Variable?, scale: Variable, bias: Variable,
    epsilon: Float = 1e-6
  ) -> (sum: Variable, normalized: Variable) {
    let key = key.flatMap { $0.rate > 0 ? $0 : nil }
    guard key != nil || residual != nil else {
      return (self, layerNorm(scale: scale, bias: bias, epsilon: epsilon))
    }
    let terms = [self] + (residual.map { [$0] } ?? [])
    let values = value.sumAndLayerNorm(
      dropout: key, residual: residual?.value, scale: scale.value, bias: bias.value,
      epsilon: epsilon,
      needsGradient: (terms + [scale, bias]).contains(where: \.needsGradient))
    let (x, residual) = (operand, residual?.operand)
    // Replayed only where nothing has reached the normalization, which takes the sum's gradient.
    let sum = tape.record(values.sum, from: terms) { tape, gradient in
      if let residual { tape.accumulate(gradient, to: residual) }
      tape.accumulate(key.map(gradient.dropped) ?? gradient, to: x)
    }
    guard let statistics = values.statistics else { return (sum, tape.constant(values.result)) }
    let normalized = tape.record(values.result, from: [sum, scale, bias]) {
      [sum = sum.operand, scale = scale.operand, bias = bias.operand] tape, gradient in
      var own = tape.takeGradient(of: sum)
      var dropped: Tensor<Float>?
      tape.withGradients(of: scale, bias) { sums, scaleOffset, biasOffset in
        dropped = sum.value.addLayerNormGradients(
          gradient, scale: scale.value, statistics: statistics, to: &own, sums: &sums,
          at: scaleOffset, biasOffset, dropout: x.needsGradient ? key : nil)
      }
      guard let own else { return }
      if let residual { tape.accumulate(own, to: residual) }
      tape.accumulate(dropped ?? own, to: x)
    }
    return (sum, normalized)
  }
}
