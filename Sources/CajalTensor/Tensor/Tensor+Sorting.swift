// Order along an axis. NaN counts as the largest number; equal elements keep their order.

extension Tensor where Scalar: TensorNumeric {
  /// Where the first of the largest elements along `axis` is; the axis is removed or, with
  /// `keepingAxis`, left with extent 1. NaN is the largest.
  public func argmax(axis: Int, keepingAxis: Bool = false) -> Tensor<Int32> {
    requireElements(along: axis, for: "largest")
    if let x = asFloat { return x.extremes(axis, keepingAxis) { $0 > $1 } }
    return extremes(axis, keepingAxis) { $0 > $1 }
  }

  /// Where the first of the smallest elements along `axis` is; the axis is removed or, with
  /// `keepingAxis`, left with extent 1. As in NumPy, the first NaN counts as the smallest.
  public func argmin(axis: Int, keepingAxis: Bool = false) -> Tensor<Int32> {
    requireElements(along: axis, for: "smallest")
    if let x = asFloat { return x.extremes(axis, keepingAxis) { $0 < $1 } }
    return extremes(axis, keepingAxis) { $0 < $1 }
  }

  /// The elements in order along `axis`, ascending unless `descending`.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    if let x = asFloat { return Tensor(x.sortedLines(axis, descending)) }
    return sortedLines(axis, descending)
  }

  /// Where the elements of ``sorted(axis:descending:)`` are along `axis`: a tensor of this shape.
  public func argsorted(axis: Int = -1, descending: Bool = false) -> Tensor<Int32> {
    if let x = asFloat { return x.orders(axis, descending) }
    return orders(axis, descending)
  }

  /// The sums of the elements up to and including each one along `axis`. Floating-point sums are
  /// taken in Double; integers saturate.
  public func cumulativeSum(axis: Int) -> Tensor {
    if let x = asFloat { return Tensor(x.sums(axis)) }
    return sums(axis)
  }
}

extension Tensor where Scalar: TensorNumeric {
  private func extremes(
    _ axis: Int, _ keepingAxis: Bool, _ isBetter: (Scalar, Scalar) -> Bool
  ) -> Tensor<Int32> {
    mappedLines(axis: axis, extent: keepingAxis ? 1 : nil) { line in
      var best = 0
      for k in line.indices.dropFirst() where !line[best].isNotANumber {
        if isBetter(line[k], line[best]) || line[k].isNotANumber { best = k }
      }
      return [Int32(best)]
    }
  }

  private func sortedLines(_ axis: Int, _ descending: Bool) -> Tensor {
    mappedLines(axis: axis, extent: shape[axis]) { line in
      line.sorted { descending ? Self.precedes($1, $0) : Self.precedes($0, $1) }
    }
  }

  private func orders(_ axis: Int, _ descending: Bool) -> Tensor<Int32> {
    mappedLines(axis: axis, extent: shape[axis]) { line in
      (0..<Int32(line.count)).sorted { i, j in
        let (a, b) = (line[Int(i)], line[Int(j)])
        if descending ? Self.precedes(b, a) : Self.precedes(a, b) { return true }
        if descending ? Self.precedes(a, b) : Self.precedes(b, a) { return false }
        return i < j
      }
    }
  }

  /// Whether `a` comes before `b` in ascending order, with NaN last.
  private static func precedes(_ a: Scalar, _ b: Scalar) -> Bool {
    a < b || b.isNotANumber && !a.isNotANumber
  }

  private func sums(_ axis: Int) -> Tensor {
    mappedLines(axis: axis, extent: shape[axis]) { line in
      if Scalar.scalarType.isInteger {
        var sum: Int64 = 0
        return line.map { element in
          sum = BinaryOperation.add(sum, element.asInt64)
          return Scalar(converting: sum)
        }
      }
      var sum = 0.0
      return line.map { element in
        sum += element.asDouble
        return Scalar(converting: sum)
      }
    }
  }
}
