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
    let tiling = ProductTiling(geometry, gridLimit: gridLimit)
    // Few rows are a matter of memory, which rounding does not save.
    let kernel = tiling.hasFewRows ? tiling.kernel : inPrecision(tiling.kernel)
    let parts = tiling.parts
    let product = cajal_cuda_product(
      rows: Int64(geometry.rows), inner: Int64(geometry.inner), columns: Int64(geometry.columns),
      batch: Int64(geometry.batch), left_batch: Int64(geometry.leftBatchStride),
      right_batch: Int64(geometry.rightBatchStride),
      transposes_left: geometry.transposesLeft ? 1 : 0,
      transposes_right: geometry.transposesRight ? 1 : 0,
      accumulates: geometry.accumulates ? 1 : 0, relu: geometry.activation == .relu ? 1 : 0,
      parts: Int64(parts), inner_per_part: Int64(tiling.innerPerPart))
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

/// How many terms of sums of `inner` ones each block takes, so that there are `blocks` blocks, but no
/// fewer than `least`: a multiple of what tiles take at a time.
func summedPerPart(_ inner: Int, blocks: Int, of tiles: Int, least: Int) -> Int {
  let parts = max(min((blocks + tiles - 1) / tiles, inner / least), 1)
  return ((inner + parts - 1) / parts + 15) / 16 * 16
}

/// How a product is divided among blocks: by its shape alone, as must the order of sums.
private struct ProductTiling {
  let kernel: String
  /// Whether it is the kernel for few rows.
  let hasFewRows: Bool
  let threads: Int
  let grid: Grid
  /// The parts that sums are cut into, so that products of few elements fill the device too.
  let parts: Int, innerPerPart: Int

  init(_ geometry: MatrixProductGeometry, gridLimit: Int) {
    let (rows, columns, inner) = (geometry.rows, geometry.columns, geometry.inner)
    func tiles(_ height: Int, _ width: Int) -> (down: Int, across: Int, all: Int) {
      let (down, across) = ((rows + height - 1) / height, (columns + width - 1) / width)
      return (down, across, down * across * geometry.batch)
    }
    var perPart = max((inner + 15) / 16 * 16, 16)
    let plane: Grid
    hasFewRows = rows <= 32
    if hasFewRows {
      let few = tiles(8, 32)
      (kernel, threads, plane) = ("cajal_matrix_product_few_rows", 512, Grid(few.across, few.down))
      if few.all < 128, inner >= 2048 {
        perPart = summedPerPart(inner, blocks: 128, of: few.all, least: 1024)
      }
    } else if tiles(128, 128).all >= 128 {
      let large = tiles(128, 128)
      (kernel, threads) = ("cajal_matrix_product_large", 256)
      plane = Grid(large.down * large.across)
    } else {
      let small = tiles(64, 64)
      (kernel, threads) = ("cajal_matrix_product_small", 128)
      plane = Grid(small.down * small.across)
      if small.all < 128, inner >= 512 {
        perPart = summedPerPart(inner, blocks: 256, of: small.all, least: 256)
      }
    }
    innerPerPart = perPart
    parts = max((inner + perPart - 1) / perPart, 1)
    grid = Grid(plane.x, plane.y, min(geometry.batch * parts, gridLimit))
  }
}
