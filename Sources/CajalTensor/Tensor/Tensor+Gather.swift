import CajalSupport

extension Tensor {
  /// The slices of `axis` that `indices` names, in their order: `shape[..<axis]`, then the shape of
  /// the indices, then `shape[(axis + 1)...]`. NumPy's `take`. Traps when there is no such slice.
  public func gather(_ indices: Tensor<Int32>, axis: Int = 0) -> Tensor {
    require(rank > 0, "a tensor without axes has no slices")
    requireSameDevice(indices)
    let axis = shape.normalized(axis)
    guard axis > 0 else { return gatheredRows(indices) }
    // Rows of the transpose, whose axes then follow the axes before.
    let order = [axis] + (0..<rank).filter { $0 != axis }
    let rows = permuted(order).gatheredRows(indices)
    let lead = indices.rank..<(indices.rank + axis)
    return rows.permuted(
      Array(lead) + Array(0..<indices.rank) + Array(lead.upperBound..<rows.rank))
  }

  /// The elements of this tensor at `indices` along `axis`, one index for each element of the
  /// result: `result[i, j] = self[i, indices[i, j]]` for the last of two axes. The other axes
  /// agree. NumPy's `take_along_axis`, for what ``argsorted(axis:descending:)`` returns. Traps when
  /// there is no such element.
  public func gatherAlong(_ indices: Tensor<Int32>, axis: Int) -> Tensor {
    requireSameDevice(indices)
    require(
      indices.rank == rank && indices.shape.removing(axis: axis) == shape.removing(axis: axis),
      "indices of \(indices.shape) do not fit axis \(axis) of \(shape)")
    indices.requireElements(in: 0..<shape[axis], name: "index")
    if let x = asFloat { return Tensor(x.elements(at: indices, axis: axis)) }
    return elements(at: indices, axis: axis)
  }

  private func elements(at indices: Tensor<Int32>, axis: Int) -> Tensor {
    let (outer, length, inner) = shape.split(at: axis)
    let extent = indices.shape[axis]
    let results = withSpan { elements in
      indices.withSpan { indices in
        var results: [Scalar] = []
        results.reserveCapacity(indices.count)
        for o in 0..<outer {
          for k in 0..<extent {
            for i in 0..<inner {
              let index = Int(indices[(o * extent + k) * inner + i])
              results.append(elements[(o * length + index) * inner + i])
            }
          }
        }
        return results
      }
    }
    return Tensor(results, shape: indices.shape, on: device)
  }

  /// Slices of the outermost axis.
  private func gatheredRows(_ indices: Tensor<Int32>) -> Tensor {
    let width = shape.elements(of: 1..<rank)
    indices.requireElements(in: 0..<shape[0], name: "row")
    let shape = Shape(indices.shape.dimensions + shape.dimensions.dropFirst())
    if let table = asFloat {
      return Tensor(
        table.reshaped([self.shape[0], width]).gatheredRows(indices, scale: 1).reshaped(shape))
    }
    let results = withSpan { elements in
      indices.withSpan { indices in
        var results: [Scalar] = []
        results.reserveCapacity(shape.count)
        for i in 0..<indices.count {
          let start = Int(indices[i]) * width
          for j in start..<(start + width) { results.append(elements[j]) }
        }
        return results
      }
    }
    return Tensor(results, shape: shape, on: device)
  }
}
