public import CajalTensor

// Operations on the rows of the innermost axis, each a single node with a backward kernel of its own.

extension Variable {
  private var width: Int { shape[-1] }
  private var rows: Int { width == 0 ? 0 : value.count / width }

  /// Row `indices[i]` of this table `[rows, width]`, times `scale`: the shape of `indices` and then
  /// `width`. A negative index gives zeros; traps when an index is beyond the table.
  public func gatherRows(_ indices: Tensor<Int32>, scale: Float = 1) -> Variable {
    precondition(shape.rank == 2, "rows are gathered from a table, not from \(shape)")
    if let index = indices.firstElement(outside: Int.min..<shape[0]) {
      preconditionFailure("there is no row \(index) in a table of \(shape)")
    }
    let result = Tensor<Float>(
      uninitialized: indices.shape.appending(width), on: value.device)
    backend.gatherRows(
      value.unsafePointer, indices.unsafePointer, scale: scale, result.unsafeMutablePointer,
      count: indices.count, width: width)
    guard needsGradient else { return tape.constant(result) }
    return tape.record(result, from: [self]) { [table = operand] tape, gradient in
      tape.withGradient(of: table) { target, accumulates in
        if !accumulates { table.backend.fill(target, with: 0, count: table.value.count) }
        table.backend.scatterAddRows(
          gradient.unsafePointer, indices.unsafePointer, scale: scale, to: target,
          count: indices.count, width: table.shape[1])
      }
    }
  }

  /// Softmax over the innermost axis.
  public func softmax() -> Variable { softmax(logarithm: false) }

  /// The logarithm of the softmax over the innermost axis.
  public func logSoftmax() -> Variable { softmax(logarithm: true) }

  private func softmax(logarithm: Bool) -> Variable {
    let y = Tensor<Float>(uninitialized: shape, on: value.device)
    backend.softmax(
      value.unsafePointer, y.unsafeMutablePointer, rows: rows, width: width, logarithm: logarithm)
    return tape.record(y, from: [self]) { [x = operand, rows, width] tape, gradient in
      tape.overwriteGradient(of: x) { target in
        x.backend.softmaxGradient(
          y: y.unsafePointer, resultGradient: gradient.unsafePointer, target, rows: rows,
          width: width, logarithm: logarithm)
      }
    }
  }

  /// Layer normalisation over the innermost axis (Ba et al. 2016):
  /// `(x - mean) / √(variance + epsilon) · scale + bias`, with the biased variance.
  public func layerNorm(scale: Variable, bias: Variable, epsilon: Float) -> Variable {
    precondition(
      scale.shape.rank == 1 && scale.shape[0] == width && bias.shape == scale.shape,
      "scale \(scale.shape) and bias \(bias.shape) do not fit \(shape)")
    let result = Tensor<Float>(uninitialized: shape, on: value.device)
    let statistics = Tensor<Float>(uninitialized: [rows, 2], on: value.device)
    backend.layerNorm(
      value.unsafePointer, scale: scale.value.unsafePointer, bias: bias.value.unsafePointer,
      result.unsafeMutablePointer, statistics: statistics.unsafeMutablePointer, rows: rows,
      width: width, epsilon: epsilon)
    guard needsGradient || scale.needsGradient || bias.needsGradient else {
      return tape.constant(result)
    }
    return tape.record(result, from: [self, scale, bias]) {
      [x = operand, scale = scale.operand, bias = bias.operand, rows, width] tape, gradient in
      let sums = Tensor<Float>(repeating: 0, shape: [2, width], on: x.value.device)
      let own = Tensor<Float>(uninitialized: x.shape, on: x.value.device)
      x.backend.layerNormGradient(
        x.value.unsafePointer, scale: scale.value.unsafePointer,
        statistics: statistics.unsafePointer, resultGradient: gradient.unsafePointer,
        own.unsafeMutablePointer, scaleGradient: sums.unsafeMutablePointer,
        biasGradient: sums.unsafeMutablePointer + width, rows: rows, width: width)
      tape.accumulate(own, to: x)
      tape.accumulate(sums.flatSlice(from: 0, shape: [width]), to: scale)
      tape.accumulate(sums.flatSlice(from: width, shape: [width]), to: bias)
    }
  }

  /// The cross-entropy in nats of each row of logits `[..., classes]` with its label `[...]`, as
  /// tensor2tensor has it: with label smoothing e the target has 1 - e on the label and e / (classes - 1)
  /// on the others, and the entropy of that target is subtracted. Traps when a label is no class.
  public func crossEntropy(labels: Tensor<Int32>, smoothing: Float = 0) -> Variable {
    precondition(width > 0, "logits of \(shape) have no classes")
    precondition(
      labels.count == rows, "\(labels.shape) labels do not fit logits of \(shape)")
    if let label = labels.firstElement(outside: 0..<width) {
      preconditionFailure("label \(label) is none of the \(width) classes of logits of \(shape)")
    }
    let losses = Tensor<Float>(
      uninitialized: Shape(Array(shape.dimensions.dropLast())), on: value.device)
    backend.crossEntropy(
      logits: value.unsafePointer, labels: labels.unsafePointer, smoothing: smoothing,
      losses.unsafeMutablePointer, rows: rows, width: width)
    return tape.record(losses, from: [self]) { [logits = operand] tape, gradient in
      let own = Self.crossEntropyGradient(
        of: logits.value, labels: labels, smoothing: smoothing, scale: 1)
      let column = gradient.reshaped(gradient.shape.appending(1))
      tape.accumulate(Self.apply(.multiply, own, column), to: logits)
    }
  }

  /// The mean of ``crossEntropy(labels:smoothing:)`` over all rows, in one node.
  public func meanCrossEntropy(labels: Tensor<Int32>, smoothing: Float = 0) -> Variable {
    let losses = detached.crossEntropy(labels: labels, smoothing: smoothing).value
    let mean = Self.reduce(.mean, losses, axis: 0, count: losses.rank)
    return tape.record(mean, from: [self]) { [logits = operand, rows] tape, gradient in
      let scale = gradient.scalar / Float(rows)
      let own = Self.crossEntropyGradient(
        of: logits.value, labels: labels, smoothing: smoothing, scale: scale)
      tape.accumulate(own, to: logits)
    }
  }

  private static func crossEntropyGradient(
    of logits: Tensor<Float>, labels: Tensor<Int32>, smoothing: Float, scale: Float
  ) -> Tensor<Float> {
    let own = Tensor<Float>(uninitialized: logits.shape, on: logits.device)
    logits.device.backend.crossEntropyGradient(
      logits: logits.unsafePointer, labels: labels.unsafePointer, smoothing: smoothing,
      scale: scale, own.unsafeMutablePointer, rows: labels.count, width: logits.shape[-1])
    return own
  }

  /// Inverted dropout: elements are zero with the key's probability and the others divided by what is
  /// left of 1. Equal keys drop equal elements.
  public func dropout(_ key: DropoutKey) -> Variable {
    guard key.rate > 0 else { return self }
    return tape.record(Self.dropout(value, key), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(Self.dropout(gradient, key), to: x)
    }
  }

  private static func dropout(_ x: Tensor<Float>, _ key: DropoutKey) -> Tensor<Float> {
    let result = Tensor<Float>(uninitialized: x.shape, on: x.device)
    x.device.backend.dropout(x.unsafePointer, key, result.unsafeMutablePointer, count: x.count)
    return result
  }
}
