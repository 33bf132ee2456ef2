import CCajalCUDA
package import CajalTensor
import Foundation

extension CUDABackend {
  /// The likelihood of a mixture of discretized logistics, and its gradient.
  package func logisticMixture(
    parameters: Buffer, values: Buffer, locations: Buffer, _ losses: Buffer, gradient: Buffer?,
    rows: Int, _ geometry: LogisticMixtureGeometry
  ) {
    let mixture = cajal_cuda_logistic_mixture(geometry)
    let bytesPerWarp = Int(cajal_cuda_mixture_shared_bytes(mixture.components, mixture.width))
    let warps = bytesPerWarp > 12 << 10 ? 1 : 4
    let rowsPerBlock = warps * 32 / Int(cajal_cuda_mixture_lanes(mixture.components))
    let blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
    launch(
      "cajal_logistic_mixture", grid: walkedGrid(blocks), block: 32 * warps,
      sharedBytes: warps * bytesPerWarp, parameters, values, locations, losses, gradient, rows,
      mixture)
  }

  /// What is known of pixels before they are decoded.
  package func causalContext(
    targets: Buffer, shown: Buffer?, means: Buffer, inputs: Buffer?, pixels: Buffer,
    _ result: Buffer, count: Int, _ geometry: CausalContextGeometry
  ) {
    let pictures = cajal_cuda_causal_context(
      rows: Int64(geometry.rows), columns: Int64(geometry.columns),
      channels: Int64(geometry.channels), ratio: Int64(geometry.ratio ?? 0))
    launch(
      "cajal_causal_context", grid: grid(for: 32 * count, threads: 128), block: 128, targets,
      shown ?? targets, means, inputs, pixels, result, count, pictures)
  }
}

extension cajal_cuda_logistic_mixture {
  /// A geometry as kernels take it.
  fileprivate init(_ geometry: LogisticMixtureGeometry) {
    self.init(
      components: Int32(geometry.components), channels: Int32(geometry.channels),
      width: Int32(geometry.width), logit_step: Int32(geometry.logits.step),
      mean: Int32(geometry.means.first), mean_step: Int32(geometry.means.step),
      log_scale: Int32(geometry.scales.first), log_scale_step: Int32(geometry.scales.step),
      slope: Int32(geometry.slopes.first), slope_step: Int32(geometry.slopes.step),
      unit: geometry.unit, log_unit: Float(log(Double(geometry.unit))),
      minimum_log_scale: geometry.logScales.lowerBound,
      maximum_log_scale: geometry.logScales.upperBound, last_value: Int32(geometry.levels - 1),
      density_below: geometry.bins == .densityBelow1e5 ? 1 : 0)
  }
}
