// Copies and strides, for all types of elements where they need no arithmetic.

extension Backend {
  /// Copies `count` elements.
  func copy(_ x: Buffer, to result: Buffer, count: Int) {
    copyRows(x, stride: count, to: result, resultStride: count, rows: 1, width: count)
  }
}

extension Tensor {
  /// Copies the elements if somebody shares them, so that they may be written.
  package mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = Tensor(uninitialized: shape, on: device)
    device.backend.copy(buffer, to: copy.buffer, count: count)
    self = copy
  }

  /// Tensors one after the other along an axis of `shape`, which has `outer` runs of `total` by
  /// `inner` elements; a tensor fills `extents` of a run.
  static func joined(
    _ tensors: [Tensor], extents: [Int], _ shape: Shape,
    _ runs: (outer: Int, total: Int, inner: Int)
  ) -> Tensor {
    let result = Tensor(uninitialized: shape, on: tensors[0].device)
    var start = 0
    for (tensor, extent) in zip(tensors, extents) {
      let width = extent * runs.inner
      result.device.backend.copyRows(
        tensor.buffer, stride: width, to: result.buffer.advanced(by: start * runs.inner),
        resultStride: runs.total * runs.inner, rows: runs.outer, width: width)
      start += extent
    }
    return result
  }
}

extension Tensor<Float> {
  /// The elements that `strides` picks, from element `start` on, as a new tensor of `shape`.
  func picked(_ shape: Shape, strides: [Int], start: Int) -> Tensor {
    precondition(
      shape.count == 0
        || start + zip(shape.dimensions, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 } < count,
      "\(shape) of strides \(strides) from \(start) on is outside of a tensor of \(count)")
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.stridedCopy(
      buffer.advanced(by: start), result.buffer, shape: shape.dimensions, strides: strides)
    return result
  }
}
