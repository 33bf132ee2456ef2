import CajalSupport

// Loops over elements on the host, for what no primitive computes. Called on a tensor of a concrete
// type, they are compiled for that type.

extension Tensor {
  /// A function of every element.
  func mapped<Result>(_ function: (Scalar) -> Result) -> Tensor<Result> {
    let results = withSpan { elements in
      var results: [Result] = []
      results.reserveCapacity(elements.count)
      for i in 0..<elements.count { results.append(function(elements[i])) }
      return results
    }
    return Tensor<Result>(results, shape: shape, on: device)
  }

  /// A function of this tensor's and another's elements, either stretched as needed.
  func combined<Other, Result>(
    _ other: Tensor<Other>, _ function: (Scalar, Other) -> Result
  ) -> Tensor<Result> {
    requireSameDevice(other)
    guard let shape = shape.broadcast(with: other.shape),
      let geometry = BroadcastGeometry(self.shape, other.shape)
    else {
      requirementFailure("shapes \(self.shape) and \(other.shape) do not broadcast")
    }
    let results = withSpan { left in
      other.withSpan { right in
        var results: [Result] = []
        results.reserveCapacity(shape.count)
        forEachElement(geometry.shape, geometry.leftStrides, geometry.rightStrides) { _, l, r in
          results.append(function(left[l], right[r]))
        }
        return results
      }
    }
    return Tensor<Result>(results, shape: shape, on: device)
  }

  /// A function of every line along `axis`, which gives lines of `extent` elements; `nil` stands
  /// for one element without the axis.
  func mappedLines<Result: TensorScalar>(
    axis: Int, extent: Int?, _ function: ([Scalar]) -> [Result]
  ) -> Tensor<Result> {
    let (outer, length, inner) = shape.split(at: axis)
    let count = extent ?? 1
    let shape = extent.map { self.shape.replacing(axis: axis, with: $0) }
    // Lines one after the other, which the strides then put in their places.
    let lines = withSpan { elements in
      var lines: [Result] = []
      lines.reserveCapacity(outer * inner * count)
      var line: [Scalar] = []
      for o in 0..<outer {
        for i in 0..<inner {
          line.removeAll(keepingCapacity: true)
          for k in 0..<length { line.append(elements[(o * length + k) * inner + i]) }
          lines += function(line)
        }
      }
      return lines
    }
    let results = Tensor<Result>(lines, shape: [outer, inner, count], on: device)
    let inPlace = inner == 1 || count == 1 ? results : results.transposed()
    return inPlace.reshaped(shape ?? self.shape.removing(axis: axis))
  }

  /// The elements as another type: the nearest that it has; conversions to integers truncate toward
  /// zero and saturate, and NaN becomes 0. Every number but 0 is true.
  public func cast<Other>(to type: Other.Type = Other.self) -> Tensor<Other> {
    if let same = self as? Tensor<Other> { return same }
    if let x = asFloat { return x.converted() }
    return converted()
  }

  private func converted<Other>() -> Tensor<Other> {
    Scalar.scalarType.isInteger
      ? mapped { Other(converting: $0.asInt64) } : mapped { Other(converting: $0.asDouble) }
  }
}
