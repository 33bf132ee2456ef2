public import CajalTensor

/// Parts of a variable: `x[1, 0..<3]`, `x[..., 0]`, `x[2, ...]`.
///
/// There is an index for each axis; `...` stands for all axes that are not named. An integer
/// removes its axis, a range keeps it.
extension Variable {
  /// The part with these indices, one for each axis.
  public subscript(_ indices: any TensorIndex...) -> Variable {
    part(value.selections(indices))
  }

  /// The part with these indices for the last axes.
  public subscript(_ all: UnboundedRange, _ last: any TensorIndex...) -> Variable {
    part(value.selections([], last))
  }

  /// The part with this index for the first axis and others for the last ones.
  public subscript(
    _ first: any TensorIndex, _ all: UnboundedRange, _ last: any TensorIndex...
  ) -> Variable {
    part(value.selections([first], last))
  }

  /// The part with these indices for the first two axes and others for the last ones.
  public subscript(
    _ first: any TensorIndex, _ second: any TensorIndex, _ all: UnboundedRange,
    _ last: any TensorIndex...
  ) -> Variable {
    part(value.selections([first, second], last))
  }

  /// The part with these indices for the first three axes and others for the last ones.
  public subscript(
    _ first: any TensorIndex, _ second: any TensorIndex, _ third: any TensorIndex,
    _ all: UnboundedRange, _ last: any TensorIndex...
  ) -> Variable {
    part(value.selections([first, second, third], last))
  }

  private func part(_ selections: [AxisSelection]) -> Variable {
    tape.record(value[selections], from: [self]) { [x = operand] tape, gradient in
      var own = Tensor<Float>(zeros: x.shape, on: gradient.device)
      own[selections] = gradient
      tape.accumulate(own, to: x)
    }
  }
}

extension Variable {
  /// The slices where `mask` is true, in row-major order, along one axis that replaces those of the
  /// mask, which has the extents of the first axes. The host reads the mask, and waits for the
  /// device. `where` replaces elements.
  public subscript(_ mask: Tensor<Bool>) -> Variable {
    reshaped(shape.sliced(by: mask.shape)).gather(mask.trueIndices)
  }
}
