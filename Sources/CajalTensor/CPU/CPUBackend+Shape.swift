import CCajalKernels

extension CPUBackend {
  /// Reduces the middle axis of `[outer, length, inner]`.
  package func reduce(
    _ operation: ReduceOperation, _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    outer: Int, length: Int, inner: Int
  ) {
    guard outer > 0, inner > 0 else { return }
    if inner == 1 {
      inPieces(of: max(elementsPerPiece / max(length, 1), 1), outer) { piece in
        for row in piece {
          let x = unsafe x + row * length
          unsafe result[row] =
            unsafe operation == .maximum
            ? kernels.pointee.maximum(x, length) : kernels.pointee.sum(x, length)
        }
      }
    } else {
      // Pieces of an outer index, or of its columns where a single one is large.
      let width = length * inner > 4 * elementsPerPiece ? min(inner, 64) : inner
      let stripes = (inner + width - 1) / width
      inPieces(of: max(elementsPerPiece / max(length * width, 1), 1), outer * stripes) { piece in
        for index in piece {
          let (row, stripe) = index.quotientAndRemainder(dividingBy: stripes)
          let kernel =
            unsafe operation == .maximum ? kernels.pointee.maximum_rows : kernels.pointee.sum_rows
          unsafe kernel(
            x + row * length * inner + stripe * width, length, min(width, inner - stripe * width),
            inner, result + row * inner + stripe * width)
        }
      }
    }
    // Dividing, and not multiplying by the reciprocal, gives NaN for an empty axis.
    if operation == .mean {
      for i in 0..<outer * inner { unsafe result[i] /= Float(length) }
    }
  }

  /// Writes the elements that `strides` picks from `x` to a contiguous `shape`.
  package func stridedCopy(
    _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, shape: [Int], strides: [Int]
  ) {
    guard shape.allSatisfy({ $0 > 0 }) else { return }
    let axes = shape.count
    let columns = shape.last ?? 1
    let rows = axes > 1 ? shape[axes - 2] : 1
    var inner = [axes > 1 ? strides[axes - 2] : 0, strides.last ?? 1]
    for plane in 0..<shape.dropLast(2).reduce(1, *) {
      var (rest, offset) = (plane, 0)
      for axis in shape.indices.dropLast(2).reversed() {
        let (quotient, position) = rest.quotientAndRemainder(dividingBy: shape[axis])
        offset += position * strides[axis]
        rest = quotient
      }
      unsafe kernels.pointee.strided_copy(
        x + offset, &inner, result + plane * rows * columns, rows, columns)
    }
  }
}
