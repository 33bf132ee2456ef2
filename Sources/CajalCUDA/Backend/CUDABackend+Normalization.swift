import CCajalCUDA
package import CajalTensor

extension CUDABackend {
  /// Layer normalization of each row.
  package func layerNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer?, rows: Int,
    width: Int, epsilon: Float
  ) {
    let kernel = forwardRowKernel("cajal_layer_norm", rows: rows, width: width)
    launch(
      kernel.name, grid: kernel.grid, x, scale, bias, result, statistics, rows, width, epsilon)
  }

  /// The gradients of layer normalization.
  package func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, scaleGradient: Buffer, biasGradient: Buffer, rows: Int, width: Int
  ) {
    guard rows > 0, width > 0 else { return }
    let blocks = Int(cajal_cuda_layer_norm_blocks(Int64(rows), Int64(width)))
    let partial = workspace(floats: blocks * 2 * width)
    let kernel = rowKernel("cajal_layer_norm_gradient", rows: rows, width: width)
    launch(
      kernel.name, grid: Grid(blocks), x, scale, statistics, resultGradient, xGradient,
      accumulates, partial, rows, width)
    launch(
      "cajal_add_partial_sums", grid: walkedGrid((2 * width + 31) / 32), partial, blocks, width,
      scaleGradient, biasGradient)
  }
}
