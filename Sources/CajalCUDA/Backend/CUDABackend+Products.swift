import CCajalCUDA
package import CajalTensor

extension CUDABackend {
  /// The (batched) product of two matrices, with bias and activation.
  package func matrixProduct(
    _ left: Buffer, _ right: Buffer, bias: Buffer?, _ result: Buffer,
    _ geometry: MatrixProductGeometry
  ) {
    guard geometry.rows > 0, geometry.columns > 0, geometry.batch > 0 else { return }
    if multiplyByLibrary(left, right, bias: bias, result, geometry) { return }
    let tiling = ProductTiling(
      rows: geometry.rows, columns: geometry.columns, count: geometry.batch,
      inner: geometry.inner, gridLimit: gridLimit, among: [.fewRows, .large, .small, .sliced])
    let name = "cajal_matrix_product_\(tiling.shape.rawValue)"
    // Rounding saves no memory, which few rows are a matter of.
    let kernel = tiling.shape == .fewRows ? name : inPrecision(name)
    let parts = tiling.parts
    let product = cajal_cuda_product(
      rows: Int64(geometry.rows), inner: Int64(geometry.inner), columns: Int64(geometry.columns),
      batch: Int64(geometry.batch), left_batch: Int64(geometry.leftBatchStride),
      right_batch: Int64(geometry.rightBatchStride),
      transposes_left: geometry.transposesLeft ? 1 : 0,
      transposes_right: geometry.transposesRight ? 1 : 0,
      accumulates: geometry.accumulates ? 1 : 0, relu: geometry.activation == .relu ? 1 : 0,
      parts: Int64(parts), inner_per_part: Int64(tiling.termsPerPart))
    if parts == 1 {
      launch(
        kernel, grid: tiling.grid, block: tiling.threads, left, right, bias, result, product)
      return
    }
    let matrix = geometry.rows * geometry.columns
    let count = geometry.batch * matrix
    let partial = workspace(floats: parts * count)
    launch(
      kernel, grid: tiling.grid, block: tiling.threads, left, right, nil as Buffer?, partial,
      product)
    let sums = cajal_cuda_parts(
      parts: Int64(parts), batch: product.batch, rows: product.rows, columns: product.columns,
      result_row: product.columns, result_batch: Int64(matrix),
      accumulates: product.accumulates, relu: product.relu)
    launch("cajal_sum_parts", grid: grid(for: count), partial, bias, result, sums)
  }
}
