import CCajalCUDA
import CajalSupport
package import CajalTensor

extension CUDABackend {
  /// Reduces the middle axis of `[outer, length, inner]`.
  package func reduce(
    _ operation: ReduceOperation, _ x: Buffer, _ result: Buffer, outer: Int, length: Int, inner: Int
  ) {
    guard outer > 0, inner > 0 else { return }
    if inner == 1 {
      reduceRows(
        operation.cudaCode, x, result, rows: outer, length: length, divisor: Float(length))
    } else {
      reduceColumns(
        operation.cudaCode, x, result, outer: outer, length: length, inner: inner,
        accumulates: false)
    }
  }

  private func reduceRows(
    _ operation: cajal_cuda_reduce, _ x: some KernelArgument, _ result: Buffer, rows: Int,
    length: Int, divisor: Float
  ) {
    if length <= Int(CAJAL_CUDA_SHORT_ROW) {
      // About four elements for each thread, and at most a warp for a row.
      let threads = rows * min(max(length / 4, 1), 32)
      launch(
        "cajal_reduce_rows", grid: grid(for: threads), operation, x, result, rows, length, divisor)
      return
    }
    let part = Int(CAJAL_CUDA_ROW_PART)
    let parts = (length + part - 1) / part
    if parts == 1 {
      launch(
        "cajal_reduce_row_parts", grid: walkedGrid(rows), operation, x, result, rows, length,
        part, divisor)
      return
    }
    let partial = workspace(floats: rows * parts)
    launch(
      "cajal_reduce_row_parts", grid: walkedGrid(rows * parts), operation.ofParts, x, partial,
      rows, length, part, 1 as Float)
    reduceRows(operation, partial, result, rows: rows, length: parts, divisor: divisor)
  }

  /// Writes the elements that `strides` picks from `x` to a contiguous `shape`.
  package func stridedCopy(_ x: Buffer, _ result: Buffer, shape: [Int], strides: [Int]) {
    let count = shape.reduce(1, *)
    guard count > 0 else { return }
    let axes = joinedAxes(shape, strides)
    let geometry = cajal_cuda_strides(axes.extents, axes.strides)
    // Neighbors of x that are none in the result are copied through tiles.
    let neighbors = axes.strides.dropLast().lastIndex(of: 1)
    if let axis = neighbors, axes.strides.last != 1, min(axes.extents[axis], axes.extents.last!) > 7
    {
      let (rows, columns) = (axes.extents[axis], axes.extents.last!)
      let tiles = count / (rows * columns) * ((rows + 31) / 32) * ((columns + 31) / 32)
      launch(
        "cajal_strided_copy_transposed", grid: walkedGrid(tiles), x, result, geometry, Int32(axis))
    } else {
      launch(
        "cajal_strided_copy", grid: grid(for: count, perThread: 4), x, result, count, geometry)
    }
  }
}

/// A shape without axes of extent 1, and with neighboring axes that are one run of elements as one.
private func joinedAxes(_ shape: [Int], _ strides: [Int]) -> (extents: [Int], strides: [Int]) {
  var joined: (extents: [Int], strides: [Int]) = ([], [])
  for (extent, stride) in zip(shape, strides) where extent != 1 {
    if let last = joined.strides.indices.last, joined.strides[last] == stride * extent {
      joined.extents[last] *= extent
      joined.strides[last] = stride
    } else {
      joined.extents.append(extent)
      joined.strides.append(stride)
    }
  }
  return joined
}

extension cajal_cuda_strides {
  /// Extents and strides as kernels take them; traps where there are too many axes.
  init(_ extents: [Int], _ strides: [Int]) {
    // The axes of a broadcast are laid out alike.
    let both = cajal_cuda_broadcast(extents, strides, [])
    self.init(extents: both.extents, strides: both.left_strides, axes: both.axes)
  }
}

extension ReduceOperation {
  /// The operation's number in the kernels.
  var cudaCode: cajal_cuda_reduce {
    switch self {
    case .sum: cajal_cuda_sum
    case .mean: cajal_cuda_mean
    case .maximum: cajal_cuda_reduce_maximum
    }
  }
}

extension cajal_cuda_reduce {
  /// What parts are reduced by: a mean is divided at the end.
  var ofParts: Self { self == cajal_cuda_mean ? cajal_cuda_sum : self }
}
