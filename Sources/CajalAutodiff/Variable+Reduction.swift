import CajalSupport
import CajalTensor

extension Variable {
  /// The sum of all elements, a variable without axes.
  public func sum() -> Variable { reduced(.sum, over: 0..<shape.rank, scale: 1) }

  /// The arithmetic mean of all elements, a variable without axes.
  public func mean() -> Variable {
    reduced(.mean, over: 0..<shape.rank, scale: 1 / Float(value.count))
  }

  /// The sums along `axis`, which is removed or, with `keepingAxis`, left with extent 1.
  public func sum(axis: Int, keepingAxis: Bool = false) -> Variable {
    let axis = shape.normalized(axis)
    return reduced(.sum, over: axis..<axis + 1, keepingAxis: keepingAxis, scale: 1)
  }

  /// The arithmetic means along `axis`, which is removed or, with `keepingAxis`, left with extent
  /// 1.
  public func mean(axis: Int, keepingAxis: Bool = false) -> Variable {
    let axis = shape.normalized(axis)
    let scale = 1 / Float(shape[axis])
    return reduced(.mean, over: axis..<axis + 1, keepingAxis: keepingAxis, scale: scale)
  }

  /// The largest element, a variable without axes; NaN when one is. There must be one. Equal
  /// elements share the gradient.
  public func max() -> Variable { flattened().max(axis: 0) }

  /// The largest elements along `axis`, which is removed or, with `keepingAxis`, left with extent
  /// 1; NaN when one is. Equal elements share the gradient.
  public func max(axis: Int, keepingAxis: Bool = false) -> Variable {
    let axis = shape.normalized(axis)
    require(shape[axis] > 0, "axis \(axis) of shape \(shape) has no largest element")
    let kept = shape.keeping(axis..<axis + 1)
    let largest = value.reduced(.maximum, axis: axis, count: 1)
    return tape.record(keepingAxis ? largest.reshaped(kept) : largest, from: [self]) {
      [x = operand] tape, gradient in
      // 1 where an element is the largest, else 0.
      let ones = Tensor<Float>(repeating: 1, shape: kept, on: gradient.device)
      let gap = largest.reshaped(kept).applied(.subtract, x.value)
      let mask = ones.applied(.subtract, ones.applied(.whereSecondPositive, gap))
      let share = gradient.reshaped(kept)
        .applied(.divide, mask.reduced(.sum, axis: axis, count: 1).reshaped(kept))
      tape.accumulate(mask.applied(.multiply, share), to: x)
    }
  }

  /// The smallest element, a variable without axes; NaN when one is. There must be one. Equal
  /// elements share the gradient.
  public func min() -> Variable { flattened().min(axis: 0) }

  /// The smallest elements along `axis`, which is removed or, with `keepingAxis`, left with extent
  /// 1; NaN when one is. Equal elements share the gradient.
  public func min(axis: Int, keepingAxis: Bool = false) -> Variable {
    -(-self).max(axis: axis, keepingAxis: keepingAxis)
  }

  /// The mean squared distance of all elements from their mean, a variable without axes: the
  /// variance of the whole population, not the estimate from a sample.
  public func variance() -> Variable { flattened().variance(axis: 0) }

  /// The variances along `axis`, which is removed or, with `keepingAxis`, left with extent 1.
  public func variance(axis: Int, keepingAxis: Bool = false) -> Variable {
    let axis = shape.normalized(axis)
    let kept = shape.keeping(axis..<axis + 1)
    let mean = value.reduced(.mean, axis: axis, count: 1).reshaped(kept)
    let distances = value.applied(.subtract, mean)
    let variance = distances.applied(.square).reduced(.mean, axis: axis, count: 1)
    let scale = 2 / Float(shape[axis])
    return tape.record(keepingAxis ? variance.reshaped(kept) : variance, from: [self]) {
      [x = operand] tape, gradient in
      let scaled = gradient.reshaped(kept).scaled(by: scale)
      tape.accumulate(distances.applied(.multiply, scaled), to: x)
    }
  }

  /// The square root of ``variance()``.
  public func standardDeviation() -> Variable { variance().sqrt() }

  /// The square roots of the variances along `axis`, which is removed or, with `keepingAxis`, left
  /// with extent 1.
  public func standardDeviation(axis: Int, keepingAxis: Bool = false) -> Variable {
    variance(axis: axis, keepingAxis: keepingAxis).sqrt()
  }

  /// Reduces neighboring axes; every element's derivative is `scale`.
  private func reduced(
    _ operation: ReduceOperation, over axes: Range<Int>, keepingAxis: Bool = false, scale: Float
  ) -> Variable {
    let kept = shape.keeping(axes)
    let result = value.reduced(operation, axis: axes.lowerBound, count: axes.count)
    return tape.record(keepingAxis ? result.reshaped(kept) : result, from: [self]) {
      [x = operand] tape, gradient in
      let zeros = Tensor<Float>(zeros: x.shape, on: x.value.device)
      tape.accumulate(zeros.applied(.add, gradient.scaled(by: scale).reshaped(kept)), to: x)
    }
  }
}

// MARK: - Several axes

extension Variable {
  /// The sums over several axes together, which are removed or, with `keepingAxes`, left with
  /// extent 1.
  public func sum(axes: [Int], keepingAxes: Bool = false) -> Variable {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.sum(axis: $1) }
  }

  /// The arithmetic means over several axes together, which are removed or, with `keepingAxes`,
  /// left with extent 1.
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Variable {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.mean(axis: $1) }
  }

  /// The largest elements over several axes together, which are removed or, with `keepingAxes`,
  /// left with extent 1; NaN when one is. Equal elements share the gradient.
  public func max(axes: [Int], keepingAxes: Bool = false) -> Variable {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.max(axis: $1) }
  }

  /// The smallest elements over several axes together, which are removed or, with `keepingAxes`,
  /// left with extent 1; NaN when one is. Equal elements share the gradient.
  public func min(axes: [Int], keepingAxes: Bool = false) -> Variable {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.min(axis: $1) }
  }

  /// The variances over several axes together, which are removed or, with `keepingAxes`, left with
  /// extent 1.
  public func variance(axes: [Int], keepingAxes: Bool = false) -> Variable {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.variance(axis: $1) }
  }

  /// The square roots of the variances over several axes together, which are removed or, with
  /// `keepingAxes`, left with extent 1.
  public func standardDeviation(axes: [Int], keepingAxes: Bool = false) -> Variable {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.standardDeviation(axis: $1) }
  }

  /// Reduces several axes; `reduce` removes the axis that it is given.
  private func reduced(
    over axes: [Int], keepingAxes: Bool, _ reduce: (_ x: Variable, _ axis: Int) -> Variable
  ) -> Variable {
    let merged = MergedAxes(axes, of: shape, keepingAxes: keepingAxes)
    let together = merged.order.map(permuted) ?? self
    return reduce(together.reshaped(merged.shape), 1).reshaped(merged.result)
  }
}

extension Shape {
  /// The shape with extent 1 along some axes.
  fileprivate func keeping(_ axes: Range<Int>) -> Shape {
    var dimensions = dimensions
    for axis in axes { dimensions[axis] = 1 }
    return Shape(dimensions)
  }
}
