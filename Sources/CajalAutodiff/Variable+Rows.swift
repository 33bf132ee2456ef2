public import CajalTensor

// Operations on the rows of the innermost axis, each a single node with a backward kernel of its
// own.

extension Variable {
  /// Row `indices[i]` of this table `[rows, width]`, times `scale`: the shape of `indices` and then
  /// `width`. A negative index gives zeros; traps when an index is beyond the table.
  public func gatherRows(_ indices: Tensor<Int32>, scale: Float = 1) -> Variable {
    let result = value.gatheredRows(indices, scale: scale)
    guard needsGradient else { return tape.constant(result) }
    return tape.record(result, from: [self]) { [table = operand] tape, gradient in
      tape.accumulateRows(gradient, at: indices, scale: scale, to: table)
    }
  }

  /// The sum with ``gatherRows(_:scale:)`` of a table, in one pass. The shapes are equal.
  public func adding(
    rowsOf table: Variable, _ indices: Tensor<Int32>, scale: Float = 1
  ) -> Variable {
    tape.sum([.elements(of: self), .rows(of: table, indices, scale: scale)])
  }

  /// The slices of `axis` that `indices` names, in their order: `shape[..<axis]`, then the shape of
  /// the indices, then `shape[(axis + 1)...]`. Traps when there is no such slice.
  public func gather(_ indices: Tensor<Int32>, axis: Int = 0) -> Variable {
    let axis = shape.normalized(axis)
    guard axis == 0 else {
      // Rows of the transpose, whose axes then follow the axes before.
      let order = [axis] + (0..<shape.rank).filter { $0 != axis }
      let rows = permuted(order).gather(indices)
      let lead = indices.rank..<(indices.rank + axis)
      return rows.permuted(
        Array(lead) + Array(0..<indices.rank) + Array(lead.upperBound..<rows.shape.rank))
    }
    let table: Shape = [shape[0], shape.elements(of: 1..<shape.rank)]
    return tape.record(value.gather(indices), from: [self]) { [x = operand] tape, gradient in
      tape.withGradient(of: x) { values, place in
        if !place.accumulates { values.fill(with: 0) }
        values.addRows(gradient, at: indices, scale: 1, of: table, from: place.offset)
      }
    }
  }

  /// Softmax over the innermost axis.
  public func softmax() -> Variable { softmax(logarithm: false) }

  /// The logarithm of the softmax over the innermost axis.
  public func logSoftmax() -> Variable { softmax(logarithm: true) }

  private func softmax(logarithm: Bool) -> Variable {
    let y = value.softmax(logarithm: logarithm)
    return tape.record(y, from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(y.softmaxGradient(gradient, logarithm: logarithm), to: x)
    }
  }

  /// The cross-entropy in nats of each row of logits `[..., classes]` with its label `[...]`, as
  /// tensor2tensor has it: with label smoothing e the target has 1 - e on the label and e /
  /// (classes - 1) on the others, and the entropy of that target is subtracted. Traps when a label
  /// is no class.
  public func crossEntropy(labels: Tensor<Int32>, smoothing: Float = 0) -> Variable {
    let losses = value.crossEntropies(labels: labels, smoothing: smoothing)
    return tape.record(losses, from: [self]) { [logits = operand] tape, gradient in
      let own = logits.value.crossEntropyGradient(
        labels: labels, smoothing: smoothing,
        scale: Tensor(repeating: 1, shape: [], on: gradient.device))
      let column = gradient.reshaped(gradient.shape.appending(1))
      tape.accumulate(own.applied(.multiply, column), to: logits)
    }
  }

  /// The mean of ``crossEntropy(labels:smoothing:)`` over all rows, in one node.
  ///
  /// On a tape that knows the seed of its backward pass the gradient is made in the same pass.
  public func meanCrossEntropy(labels: Tensor<Int32>, smoothing: Float = 0) -> Variable {
    guard let seed = tape.expectedSeed, needsGradient else {
      let losses = value.crossEntropies(labels: labels, smoothing: smoothing)
      return meanCrossEntropy(losses, nil, labels: labels, smoothing: smoothing)
    }
    let (losses, gradient) = value.crossEntropiesAndGradient(
      labels: labels, smoothing: smoothing, scale: seed, over: Float(labels.count))
    return meanCrossEntropy(losses, gradient, labels: labels, smoothing: smoothing)
  }

  /// The mean of losses, whose gradient is known where the backward pass begins with this mean.
  private func meanCrossEntropy(
    _ losses: Tensor<Float>, _ known: Tensor<Float>?, labels: Tensor<Int32>, smoothing: Float
  ) -> Variable {
    let mean = losses.reduced(.mean, axis: 0, count: losses.rank)
    return tape.record(mean, from: [self]) { [logits = operand] tape, gradient in
      if let known, tape.isExpectedSeed(gradient) {
        tape.accumulate(known, to: logits)
        return
      }
      let own = logits.value.crossEntropyGradient(
        labels: labels, smoothing: smoothing, scale: gradient, over: Float(labels.count))
      tape.accumulate(own, to: logits)
    }
  }

  /// Inverted dropout: elements are zero with the key's probability and the others divided by what
  /// is left of 1. Equal keys drop equal elements.
  public func dropout(_ key: DropoutKey) -> Variable {
    guard key.rate > 0 else { return self }
    return tape.record(value.dropped(key), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(gradient.dropped(key), to: x)
    }
  }

  /// The sum of ``dropout(_:)`` and a residual of the same shape, in one pass.
  public func dropout(_ key: DropoutKey, addedTo residual: Variable) -> Variable {
    guard key.rate > 0 else { return self + residual }
    let result = value.dropped(key, addedTo: residual.value)
    return tape.record(result, from: [self, residual]) {
      [x = operand, residual = residual.operand] tape, gradient in
      tape.accumulate(gradient, to: residual)
      tape.accumulate(gradient.dropped(key), to: x)
    }
  }
}
