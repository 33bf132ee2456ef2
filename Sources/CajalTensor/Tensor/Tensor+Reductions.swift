import CajalSupport

extension Tensor where Scalar: TensorNumeric {
  /// The sum of all elements, a tensor without axes. Integers saturate.
  public func sum() -> Tensor { reduced(.sum) }

  /// The sums along `axis`, which is removed or, with `keepingAxis`, left with extent 1.
  public func sum(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(.sum, axis: axis, keepingAxis: keepingAxis)
  }

  /// The sums over several axes together, which are removed or, with `keepingAxes`, left with
  /// extent 1.
  public func sum(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.sum(axis: $1) }
  }

  /// The largest element, a tensor without axes; NaN when one is. There must be one.
  public func max() -> Tensor { flattened().max(axis: 0) }

  /// The largest elements along `axis`, which is removed or, with `keepingAxis`, left with extent
  /// 1.
  public func max(axis: Int, keepingAxis: Bool = false) -> Tensor {
    requireElements(along: axis, for: "largest")
    return reduced(.maximum, axis: axis, keepingAxis: keepingAxis)
  }

  /// The largest elements over several axes together, which are removed or, with `keepingAxes`,
  /// left with extent 1.
  public func max(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.max(axis: $1) }
  }

  /// The smallest element, a tensor without axes; NaN when one is. There must be one.
  public func min() -> Tensor { flattened().min(axis: 0) }

  /// The smallest elements along `axis`, which is removed or, with `keepingAxis`, left with extent
  /// 1.
  public func min(axis: Int, keepingAxis: Bool = false) -> Tensor {
    requireElements(along: axis, for: "smallest")
    if let x = asFloat { return Tensor(-(-x).max(axis: axis, keepingAxis: keepingAxis)) }
    return mappedLines(axis: axis, extent: keepingAxis ? 1 : nil) { line in
      [line.dropFirst().reduce(line[0]) { $1 < $0 || $1.isNotANumber ? $1 : $0 }]
    }
  }

  /// The smallest elements over several axes together, which are removed or, with `keepingAxes`,
  /// left with extent 1.
  public func min(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.min(axis: $1) }
  }

  func requireElements(along axis: Int, for name: String) {
    require(shape[axis] > 0, "axis \(axis) of shape \(shape) has no \(name) element")
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The arithmetic mean of all elements, a tensor without axes; NaN of none.
  public func mean() -> Tensor { reduced(.mean) }

  /// The means along `axis`, which is removed or, with `keepingAxis`, left with extent 1.
  public func mean(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(.mean, axis: axis, keepingAxis: keepingAxis)
  }

  /// The means over several axes together, which are removed or, with `keepingAxes`, left with
  /// extent 1.
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.mean(axis: $1) }
  }

  /// The mean squared distance of all elements from their mean, a tensor without axes: the variance
  /// of the whole population, not the estimate from a sample.
  public func variance() -> Tensor { flattened().variance(axis: 0) }

  /// The variances along `axis`, which is removed or, with `keepingAxis`, left with extent 1.
  public func variance(axis: Int, keepingAxis: Bool = false) -> Tensor {
    (self - mean(axis: axis, keepingAxis: true)).squared()
      .mean(axis: axis, keepingAxis: keepingAxis)
  }

  /// The variances over several axes together, which are removed or, with `keepingAxes`, left with
  /// extent 1.
  public func variance(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.variance(axis: $1) }
  }

  /// The square root of ``variance()``.
  public func standardDeviation() -> Tensor { variance().sqrt() }

  /// The square roots of the variances along `axis`, which is removed or, with `keepingAxis`, left
  /// with extent 1.
  public func standardDeviation(axis: Int, keepingAxis: Bool = false) -> Tensor {
    variance(axis: axis, keepingAxis: keepingAxis).sqrt()
  }

  /// The square roots of the variances over several axes together, which are removed or, with
  /// `keepingAxes`, left with extent 1.
  public func standardDeviation(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.standardDeviation(axis: $1) }
  }
}

extension Tensor where Scalar: TensorNumeric {
  private func reduced(_ operation: ReduceOperation) -> Tensor {
    flattened().reduced(operation, axis: 0, keepingAxis: false)
  }

  /// Reduces `axis`; see ``ReduceOperation`` for what is made of no elements.
  func reduced(_ operation: ReduceOperation, axis: Int, keepingAxis: Bool) -> Tensor {
    let axis = shape.normalized(axis)
    if let x = asFloat {
      let shape = keepingAxis ? shape.replacing(axis: axis, with: 1) : shape.removing(axis: axis)
      return Tensor(x.reduced(operation, axis: axis, count: 1).reshaped(shape))
    }
    return mappedLines(axis: axis, extent: keepingAxis ? 1 : nil) { line in
      Scalar.scalarType.isInteger
        ? [Scalar(converting: operation(line.map(\.asInt64)))]
        : [Scalar(converting: operation(line.map(\.asDouble)))]
    }
  }
}

extension ReduceOperation {
  /// The reduction of a line of numbers in Double.
  func callAsFunction(_ line: [Double]) -> Double {
    switch self {
    case .sum: line.reduce(0, +)
    case .mean: line.reduce(0, +) / Double(line.count)
    case .maximum: line.reduce(-.infinity, BinaryOperation.maximum.callAsFunction)
    }
  }

  /// The reduction of a line of integers, which have no mean. Saturates.
  func callAsFunction(_ line: [Int64]) -> Int64 {
    switch self {
    case .sum: line.reduce(0) { BinaryOperation.add($0, $1) }
    case .maximum: line.reduce(.min, Swift.max)
    case .mean: requirementFailure("a tensor of integers has no mean")
    }
  }
}

extension Shape {
  /// The number of elements outside of `axis`, along it and inside of it.
  func split(at axis: Int) -> (outer: Int, length: Int, inner: Int) {
    let axis = normalized(axis)
    return (elements(of: 0..<axis), self[axis], elements(of: (axis + 1)..<rank))
  }

  /// The shape without `axis`.
  func removing(axis: Int) -> Shape {
    var result = dimensions
    result.remove(at: normalized(axis))
    return Shape(result)
  }
}
