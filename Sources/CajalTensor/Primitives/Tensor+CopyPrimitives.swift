import CajalSupport

// Copies and strides, for all types of elements where they need no arithmetic.

extension Backend {
  /// Copies `count` elements.
  func copy(_ x: Buffer, to result: Buffer, count: Int) {
    copyRows(x, stride: count, to: result, resultStride: count, rows: 1, width: count)
  }
}

extension Tensor {
  /// Copies the elements if they are shared, so that they may be written.
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
    require(
      shape.count == 0
        || start + zip(shape.dimensions, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 } < count,
      "\(shape) of strides \(strides) from \(start) on is outside of a tensor of \(count)")
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.stridedCopy(
      buffer.advanced(by: start), result.buffer, shape: shape.dimensions, strides: strides)
    return result
  }
}

extension Tensor {
  /// Writes `part`, whose elements are `counts` along as many axes, to the elements of this tensor
  /// from `start` on that lie `steps` apart along each axis. These elements are not shared.
  func store(_ part: Tensor, counts: [Int], steps: [Int], at start: Int) {
    requireSameDevice(part)
    require(
      part.count == counts.reduce(1, *) && start >= 0 && steps.allSatisfy { $0 >= 0 }
        && (part.count == 0
          || start + zip(counts, steps).reduce(0) { $0 + ($1.0 - 1) * $1.1 } < count),
      "\(counts) elements, \(steps) apart, from \(start) on are outside of a tensor of \(count)")
    guard part.count > 0 else { return }
    var (counts, steps) = (counts, steps)
    // The innermost axis is a run where its elements are neighbors, else a row of runs of one.
    var width = 1
    if steps.last == 1 {
      width = counts.removeLast()
      steps.removeLast()
    }
    let (rows, stride) = (counts.popLast() ?? 1, steps.popLast() ?? width)
    forEachElement(counts, steps, steps) { plane, offset, _ in
      device.backend.copyRows(
        part.buffer.advanced(by: plane * rows * width), stride: width,
        to: buffer.advanced(by: start + offset), resultStride: stride, rows: rows, width: width)
    }
  }
}
