import CajalSupport

extension Tensor {
  /// The last two axes exchanged: the transpose of a matrix, or of each in a batch.
  public func transposed() -> Tensor {
    require(rank >= 2, "only a tensor of two axes or more is transposed, not \(shape)")
    return permuted((0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
  public func permuted(_ axes: [Int]) -> Tensor {
    let axes = axes.map(shape.normalized)
    require(
      axes.sorted() == Array(0..<rank), "\(axes) is not an order of the axes of \(shape)")
    let strides = shape.strides
    return strided(
      Shape(axes.map { shape.dimensions[$0] }), strides: axes.map { strides[$0] })
  }

  /// The elements in one axis. Free: they are shared.
  public func flattened() -> Tensor { reshaped([count]) }

  /// The tensor with one more axis, of extent 1, as axis `axis` of the result. Free: the elements
  /// are shared.
  public func expanded(axis: Int) -> Tensor {
    let index = axis < 0 ? axis + rank + 1 : axis
    require(index >= 0 && index <= rank, "shape \(shape) is not expanded at axis \(axis)")
    var dimensions = shape.dimensions
    dimensions.insert(1, at: index)
    return reshaped(Shape(dimensions))
  }

  /// The tensor without axis `axis`, whose extent is 1. Free: the elements are shared.
  public func squeezed(axis: Int) -> Tensor {
    require(shape[axis] == 1, "axis \(axis) of shape \(shape) has not one element")
    return reshaped(shape.removing(axis: axis))
  }

  /// The tensor without all its axes of extent 1. Free: the elements are shared.
  public func squeezed() -> Tensor { reshaped(Shape(shape.dimensions.filter { $0 != 1 })) }

  /// The elements repeated along axes that `shape` stretches (from extent 1) or adds in front.
  public func broadcast(to shape: Shape) -> Tensor {
    require(
      self.shape.broadcast(with: shape) == shape, "\(self.shape) does not stretch to \(shape)")
    guard shape.count != count else { return reshaped(shape) }
    let lead = shape.rank - rank
    let own = self.shape.strides
    let strides = shape.dimensions.indices.map { axis in
      axis < lead || self.shape.dimensions[axis - lead] == 1 ? 0 : own[axis - lead]
    }
    return strided(shape, strides: strides)
  }

  /// Elements `range` of `axis`. Shares the elements where they lie together.
  public func sliced(_ range: Range<Int>, axis: Int) -> Tensor {
    let (outer, length, inner) = shape.split(at: axis)
    require(
      range.lowerBound >= 0 && range.upperBound <= length,
      "cannot take \(range) of axis \(axis) of \(shape)")
    let result = shape.replacing(axis: axis, with: range.count)
    if outer == 1 { return flatSlice(from: range.lowerBound * inner, shape: result) }
    let matrix = strided(
      [outer, range.count * inner], strides: [length * inner, 1], start: range.lowerBound * inner)
    return matrix.reshaped(result)
  }

  /// The tensors one after the other along `axis`. Their other extents and their devices are the
  /// same.
  public static func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
    require(!tensors.isEmpty, "nothing was given to concatenate")
    let first = tensors[0]
    let extents = tensors.map { tensor in
      require(
        tensor.rank == first.rank
          && tensor.shape.removing(axis: axis) == first.shape.removing(axis: axis),
        "\(tensor.shape) does not continue \(first.shape) along axis \(axis)")
      first.requireSameDevice(tensor)
      return tensor.shape[axis]
    }
    let (outer, _, inner) = first.shape.split(at: axis)
    let total = extents.reduce(0, +)
    return joined(
      tensors, extents: extents, first.shape.replacing(axis: axis, with: total),
      (outer, total, inner))
  }

  /// This tensor followed by another along `axis`.
  public func concatenated(with other: Tensor, axis: Int) -> Tensor {
    Self.concatenate([self, other], axis: axis)
  }
}

// MARK: - Several tensors, borders

extension Tensor {
  /// The tensor cut along `axis` into `count` parts of equal extent. Traps when the axis is not
  /// divisible.
  public func split(into count: Int, axis: Int) -> [Tensor] {
    split(extents: shape.equalExtents(count, axis: axis), axis: axis)
  }

  /// The tensor cut along `axis` into parts with these extents, whose sum is that of the axis.
  public func split(extents: [Int], axis: Int) -> [Tensor] {
    shape.ranges(extents, axis: axis).map { sliced($0, axis: axis) }
  }

  /// The tensors, all of one shape, along a new axis: axis `axis` of the result.
  public static func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    require(!tensors.isEmpty, "nothing was given to stack")
    let shape = tensors[0].shape
    for tensor in tensors {
      require(tensor.shape == shape, "\(tensor.shape) is not stacked on \(shape)")
    }
    return concatenate(tensors.map { $0.expanded(axis: axis) }, axis: axis)
  }

  /// The tensor within a border of `value`: `widths` has one pair per axis, the elements before and
  /// after.
  public func padded(_ widths: [(before: Int, after: Int)], with value: Scalar) -> Tensor {
    require(
      widths.count == rank && widths.allSatisfy { $0.before >= 0 && $0.after >= 0 },
      "borders of \(widths) do not fit \(shape)")
    var result = self
    for (axis, width) in widths.enumerated() where width != (0, 0) {
      let border = { (extent: Int) in
        Tensor(
          repeating: value, shape: result.shape.replacing(axis: axis, with: extent), on: device)
      }
      result = Self.concatenate([border(width.before), result, border(width.after)], axis: axis)
    }
    return result
  }

  /// The tensor within a border of zeros: `widths` has one pair per axis, the elements before and
  /// after.
  public func padded(_ widths: [(before: Int, after: Int)]) -> Tensor {
    padded(widths, with: Scalar(converting: 0.0))
  }
}

extension Shape {
  /// The extents of `count` equal parts of an axis. Traps when it is not divisible.
  package func equalExtents(_ count: Int, axis: Int) -> [Int] {
    require(
      count > 0 && self[axis] % count == 0,
      "axis \(axis) of \(self) is not divisible into \(count) parts")
    return [Int](repeating: self[axis] / count, count: count)
  }

  /// The ranges of parts with these extents, which together are the axis.
  package func ranges(_ extents: [Int], axis: Int) -> [Range<Int>] {
    require(
      extents.allSatisfy { $0 >= 0 } && extents.reduce(0, +) == self[axis],
      "parts of \(extents) are not axis \(axis) of \(self)")
    var start = 0
    return extents.map { extent in
      defer { start += extent }
      return start..<(start + extent)
    }
  }
}
