import CajalSupport
public import CajalTensor

extension Variable {
  /// The same elements under another shape of the same count.
  public func reshaped(_ shape: Shape) -> Variable {
    tape.record(value.reshaped(shape), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(gradient.reshaped(x.shape), to: x)
    }
  }

  /// The elements in row-major order, along one axis.
  public func flattened() -> Variable { reshaped([value.count]) }

  /// One more axis of extent 1 before `axis`; -1 adds it as the innermost.
  public func expanded(axis: Int) -> Variable {
    var dimensions = shape.dimensions
    let index = axis < 0 ? axis + dimensions.count + 1 : axis
    require(
      dimensions.indices.contains(index) || index == dimensions.count,
      "\(shape) has no place for another axis \(axis)")
    dimensions.insert(1, at: index)
    return reshaped(Shape(dimensions))
  }

  /// Without `axis`, whose extent is 1.
  public func squeezed(axis: Int) -> Variable {
    require(shape[axis] == 1, "axis \(axis) of \(shape) is not of extent 1")
    var dimensions = shape.dimensions
    dimensions.remove(at: shape.normalized(axis))
    return reshaped(Shape(dimensions))
  }

  /// Without all axes of extent 1.
  public func squeezed() -> Variable { reshaped(Shape(shape.dimensions.filter { $0 != 1 })) }

  /// The last two axes exchanged: the transpose of a matrix, or of each in a batch.
  public func transposed() -> Variable {
    let rank = shape.rank
    require(rank >= 2, "only a variable of two axes or more is transposed, not \(shape)")
    return permuted((0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// The axes in another order: axis `i` of the result is axis `axes[i]` of this variable.
  public func permuted(_ axes: [Int]) -> Variable {
    let axes = axes.map(shape.normalized)
    require(
      axes.sorted() == Array(0..<shape.rank),
      "\(axes) is not an order of the axes of \(shape)")
    let inverse = axes.indices.sorted { axes[$0] < axes[$1] }
    return tape.record(value.permuted(axes), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(gradient.permuted(inverse), to: x)
    }
  }

  /// The elements repeated along axes that `shape` stretches (from extent 1) or adds in front.
  public func broadcast(to shape: Shape) -> Variable {
    guard shape != self.shape else { return self }
    return tape.record(value.broadcast(to: shape), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(Self.sum(gradient, to: x.shape), to: x)
    }
  }

  /// Elements `range` of `axis`.
  public func sliced(_ range: Range<Int>, axis: Int) -> Variable {
    let axis = shape.normalized(axis)
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "cannot take \(range) of axis \(axis) of \(shape)")
    return tape.record(value.sliced(range, axis: axis), from: [self]) {
      [x = operand] tape, gradient in
      tape.accumulate(gradient.embedded(at: range, axis: axis, of: x.shape), to: x)
    }
  }

  /// The variable cut along `axis` into `count` parts of equal extent. Traps when the axis is not
  /// divisible.
  public func split(into count: Int, axis: Int) -> [Variable] {
    split(extents: shape.equalExtents(count, axis: axis), axis: axis)
  }

  /// The variable cut along `axis` into parts with these extents, whose sum is that of the axis.
  public func split(extents: [Int], axis: Int) -> [Variable] {
    shape.ranges(extents, axis: axis).map { sliced($0, axis: axis) }
  }

  /// The variables one after the other along `axis`; their other axes agree.
  public static func concatenate(_ parts: [Variable], axis: Int) -> Variable {
    require(!parts.isEmpty, "nothing to concatenate")
    let first = parts[0]
    let axis = first.shape.normalized(axis)
    let value = Tensor.concatenate(parts.map(\.value), axis: axis)
    return first.tape.record(value, from: parts) {
      [parts = parts.map(\.operand)] tape, gradient in
      var start = 0
      for part in parts {
        let range = start..<(start + part.shape[axis])
        if part.needsGradient {
          tape.accumulate(gradient.sliced(range, axis: axis), to: part)
        }
        start = range.upperBound
      }
    }
  }

  /// This variable followed by another along `axis`.
  public func concatenated(with other: Variable, axis: Int) -> Variable {
    Self.concatenate([self, other], axis: axis)
  }

  /// The variables, all of one shape, along a new axis.
  public static func stack(_ parts: [Variable], axis: Int = 0) -> Variable {
    require(!parts.isEmpty, "nothing to stack")
    for part in parts {
      require(
        part.shape == parts[0].shape, "\(part.shape) is not the shape \(parts[0].shape)")
    }
    let axis = axis < 0 ? axis + parts[0].shape.rank + 1 : axis
    return concatenate(parts.map { $0.expanded(axis: axis) }, axis: axis)
  }

  /// The variable within a border of `number`: `widths` has one pair per axis, the elements before
  /// and after.
  public func padded(
    _ widths: [(before: Int, after: Int)], with number: Float = 0
  ) -> Variable {
    tape.record(value.padded(widths, with: number), from: [self]) { [x = operand] tape, gradient in
      var own = gradient
      for (axis, width) in widths.enumerated() where width != (0, 0) {
        own = own.sliced(width.before..<(width.before + x.shape[axis]), axis: axis)
      }
      tape.accumulate(own, to: x)
    }
  }
}
