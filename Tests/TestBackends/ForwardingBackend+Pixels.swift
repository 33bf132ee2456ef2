package import CajalTensor

extension ForwardingBackend {
  /// Hands it on.
  package func logisticMixture(
    parameters: Buffer, values: Buffer, locations: Buffer, _ losses: Buffer, gradient: Buffer?,
    rows: Int, _ geometry: LogisticMixtureGeometry
  ) {
    submit {
      [
        parameters = own(parameters), values = own(values), locations = own(locations),
        losses = own(losses), gradient = gradient.map(own)
      ] base in
      base.logisticMixture(
        parameters: parameters, values: values, locations: locations, losses, gradient: gradient,
        rows: rows, geometry)
    }
  }

  /// Hands it on.
  package func causalContext(
    targets: Buffer, shown: Buffer?, means: Buffer, inputs: Buffer?, pixels: Buffer,
    _ result: Buffer, count: Int, _ geometry: CausalContextGeometry
  ) {
    submit {
      [
        targets = own(targets), shown = shown.map(own), means = own(means),
        inputs = inputs.map(own),
        pixels = own(pixels), result = own(result)
      ] base in
      base.causalContext(
        targets: targets, shown: shown, means: means, inputs: inputs, pixels: pixels, result,
        count: count, geometry)
    }
  }
}
