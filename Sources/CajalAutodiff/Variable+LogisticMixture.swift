package import CajalTensor

extension Variable {
  /// The negative log-likelihood in nats of each pixel's values under a mixture of discretized
  /// logistics with these parameters `[..., width]`: `[...]`. See ``LogisticMixtureGeometry``.
  ///
  /// The gradient is made in the same pass and kept: it costs less than what it would take from
  /// the forward pass.
  ///
  /// - Parameters:
  ///   - values: `[..., channels]`, each in `0 ..< levels`, else this traps.
  ///   - locations: what means are relative to, `[..., channels]`; a constant.
  package func logisticMixtureLosses(
    values: Tensor<Int32>, locations: Tensor<Float>, _ geometry: LogisticMixtureGeometry
  ) -> Variable {
    let (losses, slopes) = value.logisticMixtureLosses(
      values: values, locations: locations, geometry, withGradient: needsGradient)
    guard let slopes else { return tape.constant(losses) }
    return tape.record(losses, from: [self]) { [parameters = operand] tape, gradient in
      let column = gradient.reshaped(gradient.shape.appending(1))
      tape.accumulate(slopes.applied(.multiply, column), to: parameters)
    }
  }
}
