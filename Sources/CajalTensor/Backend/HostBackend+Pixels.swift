// The primitives over buffers, by those over addresses. A buffer keeps its storage until the call
// returns.

extension HostBackend {
  /// The likelihood of a mixture of discretized logistics, and its gradient.
  package func logisticMixture(
    parameters: Buffer, values: Buffer, locations: Buffer, _ losses: Buffer, gradient: Buffer?,
    rows: Int, _ geometry: LogisticMixtureGeometry
  ) {
    unsafe logisticMixture(
      parameters: parameters.floats, values: values.integers, locations: locations.floats,
      losses.mutableFloats, gradient: gradient?.mutableFloats, rows: rows, geometry)
  }

  /// What is known of pixels before they are decoded.
  package func causalContext(
    targets: Buffer, shown: Buffer?, means: Buffer, inputs: Buffer?, pixels: Buffer,
    _ result: Buffer, count: Int, _ geometry: CausalContextGeometry
  ) {
    unsafe causalContext(
      targets: targets.floats, means: means.floats, inputs: inputs?.floats,
      pixels: pixels.integers, result.mutableFloats, count: count, geometry)
    guard let shown else { return }
    // Windows come first in a row, and the mean after them.
    let window = CausalContextGeometry(
      images: geometry.images, rows: geometry.rows, columns: geometry.columns,
      channels: geometry.channels, ratio: nil)
    let rows = Tensor<Float>(uninitialized: [count, window.width], on: Device(self)).buffer
    unsafe causalContext(
      targets: shown.floats, means: means.floats, inputs: nil, pixels: pixels.integers,
      rows.mutableFloats, count: count, window)
    copyRows(
      rows, stride: window.width, to: result, resultStride: geometry.width, rows: count,
      width: window.width - window.channels)
  }
}
