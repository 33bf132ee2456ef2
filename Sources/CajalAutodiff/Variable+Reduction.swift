import CajalTensor

extension Variable {
  /// The sum of all elements.
  public func sum() -> Variable { reduce(.sum, axis: 0, count: shape.rank, scale: 1) }

  /// The arithmetic mean of all elements.
  public func mean() -> Variable {
    reduce(.mean, axis: 0, count: shape.rank, scale: 1 / Float(value.count))
  }

  /// The sums along `axis`, which the result lacks.
  public func sum(axis: Int) -> Variable {
    reduce(.sum, axis: shape.normalized(axis), count: 1, scale: 1)
  }

  /// The arithmetic means along `axis`, which the result lacks.
  public func mean(axis: Int) -> Variable {
    reduce(.mean, axis: shape.normalized(axis), count: 1, scale: 1 / Float(shape[axis]))
  }

  /// Reduces `count` axes from `axis` on; every element's derivative is `scale`.
  private func reduce(_ operation: ReduceOperation, axis: Int, count: Int, scale: Float) -> Variable
  {
    tape.record(value.reduced(operation, axis: axis, count: count), from: [self]) {
      [x = operand] tape, gradient in
      var dimensions = x.shape.dimensions
      for reduced in axis..<(axis + count) { dimensions[reduced] = 1 }
      let kept = gradient.scaled(by: scale).reshaped(Shape(dimensions))
      let zeros = Tensor<Float>(zeros: x.shape, on: x.value.device)
      tape.accumulate(zeros.applied(.add, kept), to: x)
    }
  }
}
