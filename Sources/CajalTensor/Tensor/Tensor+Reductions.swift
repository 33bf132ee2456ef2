extension Tensor {
  /// The sum of all elements, a tensor without axes.
  public func sum() -> Tensor { reduced(.sum) }

  /// The sums along `axis`, which is removed or, with `keepingAxis`, left with extent 1.
  public func sum(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(.sum, axis: axis, keepingAxis: keepingAxis)
  }

  /// The largest element, a tensor without axes; NaN when one is. There must be one.
  public func max() -> Tensor {
    precondition(count > 0, "a tensor of shape \(shape) has no largest element")
    return reduced(.maximum)
  }

  /// The largest elements along `axis`, which is removed or, with `keepingAxis`, left with extent
  /// 1.
  public func max(axis: Int, keepingAxis: Bool = false) -> Tensor {
    precondition(shape[axis] > 0, "axis \(axis) of shape \(shape) has no largest element")
    return reduced(.maximum, axis: axis, keepingAxis: keepingAxis)
  }

  /// Where the first of the largest elements along `axis` is; the axis is removed. NaN is the
  /// largest.
  public func argmax(axis: Int) -> Tensor<Int32> {
    let (outer, length, inner) = shape.split(at: axis)
    precondition(length > 0, "axis \(axis) of shape \(shape) has no largest element")
    let elements = scalars
    var result: [Int32] = []
    for o in 0..<outer {
      for i in 0..<inner {
        var best = 0
        var largest = elements[o * length * inner + i]
        // NaN is not equal to itself, which holds for no other scalar of any type.
        for k in 1..<length where largest == largest {
          let element = elements[(o * length + k) * inner + i]
          if element > largest || element != element { (best, largest) = (k, element) }
        }
        result.append(Int32(best))
      }
    }
    return Tensor<Int32>(result, shape: shape.removing(axis: axis), on: device)
  }
}

extension Tensor where Scalar: BinaryFloatingPoint {
  /// The arithmetic mean of all elements, a tensor without axes; NaN of none.
  public func mean() -> Tensor { reduced(.mean) }

  /// The means along `axis`, which is removed or, with `keepingAxis`, left with extent 1.
  public func mean(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(.mean, axis: axis, keepingAxis: keepingAxis)
  }
}

extension Tensor {
  private func reduced(_ operation: ReduceOperation) -> Tensor {
    reshaped([count]).reduced(operation, axis: 0, keepingAxis: false)
  }

  /// Reduces `axis`; see ``ReduceOperation`` for what is made of no elements.
  func reduced(_ operation: ReduceOperation, axis: Int, keepingAxis: Bool) -> Tensor {
    let axis = shape.normalized(axis)
    let (outer, length, inner) = shape.split(at: axis)
    let shape = keepingAxis ? shape.replacing(axis: axis, with: 1) : shape.removing(axis: axis)
    if let x = asFloat {
      return Tensor(x.reduced(operation, axis: axis, count: 1).reshaped(shape))
    }
    let elements = scalars
    var results: [Scalar] = []
    for o in 0..<outer {
      for i in 0..<inner {
        let line = (0..<length).lazy.map { elements[(o * length + $0) * inner + i].asDouble }
        results.append(Scalar(converting: operation(line)))
      }
    }
    return Tensor(results, shape: shape, on: device)
  }
}

extension ReduceOperation {
  /// The reduction of a line of numbers in Double.
  func callAsFunction(_ line: some Collection<Double>) -> Double {
    switch self {
    case .sum: line.reduce(0, +)
    case .mean: line.reduce(0, +) / Double(line.count)
    case .maximum: line.reduce(-.infinity, BinaryOperation.maximum.callAsFunction)
    }
  }
}

extension Shape {
  /// The number of elements outside of `axis`, along it and inside of it.
  func split(at axis: Int) -> (outer: Int, length: Int, inner: Int) {
    let axis = normalized(axis)
    return (
      dimensions[..<axis].reduce(1, *), dimensions[axis], dimensions[(axis + 1)...].reduce(1, *)
    )
  }

  /// The shape without `axis`.
  func removing(axis: Int) -> Shape {
    var result = dimensions
    result.remove(at: normalized(axis))
    return Shape(result)
  }

  /// The shape with another extent along `axis`.
  func replacing(axis: Int, with extent: Int) -> Shape {
    var result = dimensions
    result[normalized(axis)] = extent
    return Shape(result)
  }
}
