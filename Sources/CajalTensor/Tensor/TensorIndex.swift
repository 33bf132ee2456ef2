/// What a tensor's subscript takes for one axis: an Int, a range of Int, or every n-th index by
/// `stride(from:to:by:)`.
///
/// An Int removes the axis, the others keep it. A range that is open at one end goes as far as the
/// axis.
public protocol TensorIndex {
  /// The indices that are meant of an axis of `extent` elements. Traps where it has none such.
  func selection(of extent: Int) -> AxisSelection
}

extension Int: TensorIndex {
  /// One element; the axis is removed.
  public func selection(of extent: Int) -> AxisSelection {
    AxisSelection(start: self, count: 1, keepsAxis: false, of: extent)
  }
}

extension Range<Int>: TensorIndex {
  /// The range.
  public func selection(of extent: Int) -> AxisSelection {
    AxisSelection(start: lowerBound, count: count, of: extent)
  }
}

extension ClosedRange<Int>: TensorIndex {
  /// The range.
  public func selection(of extent: Int) -> AxisSelection {
    AxisSelection(start: lowerBound, count: count, of: extent)
  }
}

extension PartialRangeFrom<Int>: TensorIndex {
  /// The range up to the end of the axis.
  public func selection(of extent: Int) -> AxisSelection {
    AxisSelection(start: lowerBound, count: extent - lowerBound, of: extent)
  }
}

extension PartialRangeUpTo<Int>: TensorIndex {
  /// The range from the start of the axis.
  public func selection(of extent: Int) -> AxisSelection {
    AxisSelection(start: 0, count: upperBound, of: extent)
  }
}

extension PartialRangeThrough<Int>: TensorIndex {
  /// The range from the start of the axis.
  public func selection(of extent: Int) -> AxisSelection {
    AxisSelection(start: 0, count: upperBound + 1, of: extent)
  }
}

extension StrideTo<Int>: TensorIndex {
  /// The numbers of the sequence, which ascends.
  public func selection(of extent: Int) -> AxisSelection {
    AxisSelection(ascending: Array(self), of: extent)
  }
}

extension StrideThrough<Int>: TensorIndex {
  /// The numbers of the sequence, which ascends.
  public func selection(of extent: Int) -> AxisSelection {
    AxisSelection(ascending: Array(self), of: extent)
  }
}

extension AxisSelection {
  fileprivate init(ascending indices: [Int], of extent: Int) {
    let step = indices.count > 1 ? indices[1] - indices[0] : 1
    self.init(start: indices.first ?? 0, count: indices.count, step: step, of: extent)
  }
}
