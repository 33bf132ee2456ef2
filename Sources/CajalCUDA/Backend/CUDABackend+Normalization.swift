import CCajalCUDA
package import CajalTensor

extension CUDABackend {
  /// Layer normalization of each row.
  package func layerNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer?, rows: Int,
    width: Int, epsilon: Float
  ) {
    normalize(
      x, dropout: nil, residual: nil, sum: nil, scale: scale, bias: bias, result,
      statistics: statistics, rows: rows, width: width, epsilon: epsilon)
  }

  /// `sum = residual + dropout(x)` and its layer normalization.
  package func sumLayerNorm(
    _ x: Buffer, dropout: DropoutKey?, residual: Buffer?, sum: Buffer, scale: Buffer, bias: Buffer,
    _ result: Buffer, statistics: Buffer?, rows: Int, width: Int, epsilon: Float
  ) {
    normalize(
      x, dropout: dropout, residual: residual, sum: sum, scale: scale, bias: bias, result,
      statistics: statistics, rows: rows, width: width, epsilon: epsilon)
  }

  private func normalize(
    _ x: Buffer, dropout: DropoutKey?, residual: Buffer?, sum: Buffer?, scale: Buffer,
    bias: Buffer, _ result: Buffer, statistics: Buffer?, rows: Int, width: Int, epsilon: Float
  ) {
    let kernel = forwardRowKernel("cajal_layer_norm", rows: rows, width: width)
    launch(
      kernel.name, grid: kernel.grid, x, residual, sum, cajal_cuda_dropout(optional: dropout),
      scale, bias, result, statistics, rows, width, epsilon)
  }

  /// The gradients of layer normalization.
  package func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, scaleGradient: Buffer, biasGradient: Buffer, rows: Int, width: Int
  ) {
    differentiateNorm(
      x, scale: scale, statistics: statistics, resultGradient: resultGradient, xGradient,
      accumulates: accumulates, dropout: nil, dropped: nil, scaleGradient: scaleGradient,
      biasGradient: biasGradient, rows: rows, width: width)
  }

  /// The gradients of layer normalization, and what dropout leaves of that of x.
  package func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, dropout: DropoutKey, dropped: Buffer, scaleGradient: Buffer,
    biasGradient: Buffer, rows: Int, width: Int
  ) {
    differentiateNorm(
      x, scale: scale, statistics: statistics, resultGradient: resultGradient, xGradient,
      accumulates: accumulates, dropout: dropout, dropped: dropped, scaleGradient: scaleGradient,
      biasGradient: biasGradient, rows: rows, width: width)
  }

  private func differentiateNorm(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, dropout: DropoutKey?, dropped: Buffer?, scaleGradient: Buffer,
    biasGradient: Buffer, rows: Int, width: Int
  ) {
    guard rows > 0, width > 0 else { return }
    let blocks = Int(cajal_cuda_layer_norm_blocks(Int64(rows), Int64(width)))
    let partial = workspace(floats: blocks * 2 * width)
    let kernel = rowKernel("cajal_layer_norm_gradient", rows: rows, width: width)
    launch(
      kernel.name, grid: Grid(blocks), x, scale, statistics, resultGradient, xGradient,
      accumulates, dropped, cajal_cuda_dropout(optional: dropout), partial, rows, width)
    launch(
      "cajal_add_partial_sums", grid: walkedGrid((2 * width + 31) / 32), partial, blocks, width,
      scaleGradient, biasGradient)
  }
}
