public import CajalTensor

extension Variable {
  /// The same elements under another shape of the same count.
  public func reshaped(_ shape: Shape) -> Variable {
    tape.record(value.reshaped(shape), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(gradient.reshaped(x.shape), to: x)
    }
  }

  /// Axis `i` of the result is axis `axes[i]` of this variable.
  public func permuted(_ axes: [Int]) -> Variable {
    precondition(axes.sorted() == Array(0..<shape.rank), "\(axes) does not permute \(shape)")
    let inverse = axes.indices.sorted { axes[$0] < axes[$1] }
    return tape.record(value.permuted(axes), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(gradient.permuted(inverse), to: x)
    }
  }

  /// Elements `range` of `axis`.
  public func sliced(_ range: Range<Int>, axis: Int) -> Variable {
    let axis = shape.normalized(axis)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "cannot take \(range) of axis \(axis) of \(shape)")
    return tape.record(value.sliced(range, axis: axis), from: [self]) {
      [x = operand] tape, gradient in
      tape.accumulate(gradient.embedded(at: range, axis: axis, of: x.shape), to: x)
    }
  }

  /// The variables one after the other along `axis`; their other axes agree.
  public static func concatenate(_ parts: [Variable], axis: Int) -> Variable {
    precondition(!parts.isEmpty, "nothing to concatenate")
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
}
