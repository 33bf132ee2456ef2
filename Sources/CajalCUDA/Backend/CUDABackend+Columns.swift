import CCajalCUDA
package import CajalTensor

// Sums of the columns of matrices. Long ones are cut into parts, which a second launch sums.

extension CUDABackend {
  /// `result = operation(left, right)`, and adds the sums of its columns: the gradients of relu and
  /// GELU in the same pass, others in two.
  package func binary(
    _ operation: BinaryOperation, _ left: Buffer, _ right: Buffer, _ result: Buffer,
    addingColumnSumsTo sums: Buffer, rows: Int, width: Int
  ) {
    guard rows > 0, width > 0 else { return }
    guard operation == .whereSecondPositive || operation == .geluGradient else {
      binary(operation, left, right, result, BroadcastGeometry(count: rows * width))
      addColumnSums(of: result, to: sums, rows: rows, width: width)
      return
    }
    let columns = ColumnParts(outer: 1, length: rows, inner: width)
    let grid = walkedGrid(columns.blocks)
    if columns.count == 1 {
      launch(
        "cajal_binary_column_sums", grid: grid, operation.cudaCode, left, right, result, sums, rows,
        width, columns.part, true)
      return
    }
    let partial = workspace(floats: columns.count * width)
    launch(
      "cajal_binary_column_sums", grid: grid, operation.cudaCode, left, right, result, partial,
      rows, width, columns.part, false)
    reduceParts(
      cajal_cuda_sum, partial, sums, outer: 1, columns.count, inner: width, divisor: 1,
      accumulates: true)
  }

  /// Adds the sums of the columns of a matrix.
  package func addColumnSums(of x: Buffer, to sums: Buffer, rows: Int, width: Int) {
    guard rows > 0, width > 0 else { return }
    reduceColumns(
      cajal_cuda_sum, x, sums, outer: 1, length: rows, inner: width, accumulates: true)
  }

  /// `reduce` where the elements of a sum are `inner` apart, perhaps added to the result.
  func reduceColumns(
    _ operation: cajal_cuda_reduce, _ x: some KernelArgument, _ result: some KernelArgument,
    outer: Int, length: Int, inner: Int, accumulates: Bool
  ) {
    let columns = ColumnParts(outer: outer, length: length, inner: inner)
    let grid = walkedGrid(columns.blocks), divisor = Float(length)
    if columns.count == 1 {
      launch(
        "cajal_reduce_columns", grid: grid, operation, x, result, outer, length, inner,
        columns.part, divisor, accumulates)
      return
    }
    let partial = workspace(floats: outer * columns.count * inner)
    launch(
      "cajal_reduce_columns", grid: grid, operation.ofParts, x, partial, outer, length, inner,
      columns.part, 1 as Float, false)
    reduceParts(
      operation, partial, result, outer: outer, columns.count, inner: inner, divisor: divisor,
      accumulates: accumulates)
  }

  private func reduceParts(
    _ operation: cajal_cuda_reduce, _ partial: DeviceMemory, _ result: some KernelArgument,
    outer: Int, _ parts: Int, inner: Int, divisor: Float, accumulates: Bool
  ) {
    launch(
      "cajal_reduce_columns", grid: grid(for: outer * inner, threads: 32), operation, partial,
      result, outer, parts, inner, parts, divisor, accumulates)
  }
}

/// How a kernel that sums columns is divided among blocks, by the extents alone.
private struct ColumnParts {
  /// The rows of a part.
  let part: Int
  /// The number of parts.
  let count: Int
  let blocks: Int

  init(outer: Int, length: Int, inner: Int) {
    let extents = (Int64(outer), Int64(length), Int64(inner))
    part = Int(cajal_cuda_reduce_part(extents.0, extents.1, extents.2))
    count = max((length + part - 1) / part, 1)
    blocks = Int(cajal_cuda_reduce_blocks(extents.0, extents.1, extents.2))
  }
}
