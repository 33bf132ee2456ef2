import CajalSupport

/// Parts of a tensor, to be read and written: `x[1, 0..<3]`, `x[..., 0]`, `x[2, ...]`.
///
/// There is an index for each axis; `...` stands for all axes that are not named. Integers alone
/// name one element and give a `Scalar`: the first row of a matrix is `x[0, ...]`. What is assigned
/// is stretched to the part's shape. A part that lies together in memory shares the elements until
/// one of both is written to.
extension Tensor {
  /// The part with these indices, one for each axis.
  public subscript(_ indices: any TensorIndex...) -> Tensor {
    get { self[selections(indices)] }
    set { self[selections(indices)] = newValue }
  }

  /// The part with these indices for the last axes.
  public subscript(_ all: UnboundedRange, _ last: any TensorIndex...) -> Tensor {
    get { self[selections([], last)] }
    set { self[selections([], last)] = newValue }
  }

  /// The part with this index for the first axis and others for the last ones.
  public subscript(
    _ first: any TensorIndex, _ all: UnboundedRange, _ last: any TensorIndex...
  ) -> Tensor {
    get { self[selections([first], last)] }
    set { self[selections([first], last)] = newValue }
  }

  /// The part with these indices for the first two axes and others for the last ones.
  public subscript(
    _ first: any TensorIndex, _ second: any TensorIndex, _ all: UnboundedRange,
    _ last: any TensorIndex...
  ) -> Tensor {
    get { self[selections([first, second], last)] }
    set { self[selections([first, second], last)] = newValue }
  }

  /// The part with these indices for the first three axes and others for the last ones.
  public subscript(
    _ first: any TensorIndex, _ second: any TensorIndex, _ third: any TensorIndex,
    _ all: UnboundedRange, _ last: any TensorIndex...
  ) -> Tensor {
    get { self[selections([first, second, third], last)] }
    set { self[selections([first, second, third], last)] = newValue }
  }

  /// What indices, one for each axis, select of the axes.
  package func selections(_ indices: [any TensorIndex]) -> [AxisSelection] {
    require(
      indices.count == rank,
      "shape \(shape) takes \(rank) indices, not \(indices.count); ... stands for the others")
    return zip(indices, shape.dimensions).map { $0.selection(of: $1) }
  }

  /// What indices of the first and of the last axes select of all axes.
  package func selections(
    _ first: [any TensorIndex], _ last: [any TensorIndex]
  ) -> [AxisSelection] {
    let others = rank - first.count - last.count
    require(
      others >= 0, "shape \(shape) does not take \(first.count + last.count) indices")
    let all = [any TensorIndex](repeating: 0..., count: others)
    return selections(first + all + last)
  }
}

extension Tensor {
  /// The part with these selections, one for each axis.
  package subscript(_ selections: [AxisSelection]) -> Tensor {
    get {
      let strides = shape.strides
      let start = zip(selections, strides).reduce(0) { $0 + $1.0.start * $1.1 }
      let kept = Shape(selections.filter(\.keepsAxis).map(\.count))
      if kept.count == 0 { return Tensor([], shape: kept, on: device) }
      if isContiguous(selections) { return flatSlice(from: start, shape: kept) }
      let part = Shape(selections.map(\.count))
      let steps = zip(selections, strides).map { $0.step * $1 }
      return strided(part, strides: steps, start: start).reshaped(kept)
    }
    set {
      let kept = Shape(selections.filter(\.keepsAxis).map(\.count))
      requireSameDevice(newValue)
      require(
        kept.broadcast(with: newValue.shape) == kept,
        "\(newValue.shape) does not stretch to the part \(kept)")
      let strides = shape.strides
      makeUnique()
      store(
        newValue.broadcast(to: kept), counts: selections.map(\.count),
        steps: zip(selections, strides).map { $0.step * $1 },
        at: zip(selections, strides).reduce(0) { $0 + $1.0.start * $1.1 })
    }
  }

  /// Whether a part lies together: one index each of the first axes, a range of one axis, and the
  /// others whole.
  private func isContiguous(_ selections: [AxisSelection]) -> Bool {
    let axis = selections.firstIndex { $0.count > 1 } ?? selections.endIndex
    guard axis < selections.endIndex else { return true }
    return selections[axis].step == 1
      && (axis + 1..<rank).allSatisfy {
        selections[$0].count == shape[$0] && selections[$0].step == 1
      }
  }
}
