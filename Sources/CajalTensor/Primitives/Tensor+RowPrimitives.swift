// Operations on the rows of the innermost axis.

extension Tensor<Float> {
  private var width: Int { shape[-1] }
  private var rowCount: Int { width == 0 ? 0 : count / width }

  /// Row `indices[i]` of this table `[rows, width]`, times `scale`: the shape of `indices` and then
  /// `width`. A negative index gives zeros; traps when an index is beyond the table.
  package func gatheredRows(_ indices: Tensor<Int32>, scale: Float) -> Tensor {
    precondition(rank == 2, "rows are gathered from a table, not from \(shape)")
    requireSameDevice(indices)
    if let index = indices.firstElement(outside: Int.min..<shape[0]) {
      preconditionFailure("there is no row \(index) in a table of \(shape)")
    }
    let result = Tensor(uninitialized: indices.shape.appending(width), on: device)
    withExtendedLifetime((self, indices)) {
      device.backend.gatherRows(
        unsafePointer, indices.unsafePointer, scale: scale, result.unsafeMutablePointer,
        count: indices.count, width: width)
    }
    return result
  }

  /// Adds `scale · rows[i]` to row `indices[i]` of a table of `table` that begins at element `offset` of the
  /// flat sequence; nothing for a negative index.
  package mutating func addRows(
    _ rows: Tensor, at indices: Tensor<Int32>, scale: Float, of table: Shape, from offset: Int
  ) {
    precondition(
      table.rank == 2 && rows.count == indices.count * table[1],
      "rows of \(rows.shape) at indices of \(indices.shape) do not fit a table of \(table)")
    requireSameDevice(rows)
    requireSameDevice(indices)
    if let index = indices.firstElement(outside: Int.min..<table[0]) {
      preconditionFailure("there is no row \(index) in a table of \(table)")
    }
    requirePlace(offset, table.count)
    makeUnique()
    withExtendedLifetime((rows, indices)) {
      device.backend.scatterAddRows(
        rows.unsafePointer, indices.unsafePointer, scale: scale,
        to: unsafeMutablePointer + offset, count: indices.count, width: table[1])
    }
  }

  /// Softmax over the innermost axis, or its logarithm.
  package func softmax(logarithm: Bool) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    withExtendedLifetime(self) {
      device.backend.softmax(
        unsafePointer, result.unsafeMutablePointer, rows: rowCount, width: width,
        logarithm: logarithm)
    }
    return result
  }

  /// The gradient of ``softmax(logarithm:)``, of which this is the result.
  package func softmaxGradient(_ gradient: Tensor, logarithm: Bool) -> Tensor {
    requireSameForm(gradient)
    let result = Tensor(uninitialized: shape, on: device)
    withExtendedLifetime((self, gradient)) {
      device.backend.softmaxGradient(
        y: unsafePointer, resultGradient: gradient.unsafePointer, result.unsafeMutablePointer,
        rows: rowCount, width: width, logarithm: logarithm)
    }
    return result
  }

  /// Layer normalization over the innermost axis, and the statistics `[rows, 2]` that its gradient
  /// needs; `scale` and `bias` are as long as the axis.
  package func layerNormalized(
    scale: Tensor, bias: Tensor, epsilon: Float
  ) -> (result: Tensor, statistics: Tensor) {
    precondition(
      scale.shape == [width] && bias.shape == [width],
      "scale \(scale.shape) and bias \(bias.shape) do not fit \(shape)")
    requireSameDevice(scale)
    requireSameDevice(bias)
    let result = Tensor(uninitialized: shape, on: device)
    let statistics = Tensor(uninitialized: [rowCount, 2], on: device)
    withExtendedLifetime((self, scale, bias)) {
      device.backend.layerNorm(
        unsafePointer, scale: scale.unsafePointer, bias: bias.unsafePointer,
        result.unsafeMutablePointer, statistics: statistics.unsafeMutablePointer, rows: rowCount,
        width: width, epsilon: epsilon)
    }
    return (result, statistics)
  }

  /// The gradients of ``layerNormalized(scale:bias:epsilon:)`` of this tensor.
  package func layerNormGradients(
    _ gradient: Tensor, scale: Tensor, statistics: Tensor
  ) -> (x: Tensor, scale: Tensor, bias: Tensor) {
    requireSameForm(gradient)
    scale.requirePlace(0, width)
    statistics.requirePlace(0, 2 * rowCount)
    let sums = Tensor(zeros: [2, width], on: device)
    let own = Tensor(uninitialized: shape, on: device)
    withExtendedLifetime((self, gradient, scale, statistics)) {
      device.backend.layerNormGradient(
        unsafePointer, scale: scale.unsafePointer, statistics: statistics.unsafePointer,
        resultGradient: gradient.unsafePointer, own.unsafeMutablePointer,
        scaleGradient: sums.unsafeMutablePointer,
        biasGradient: sums.unsafeMutablePointer + width, rows: rowCount, width: width)
    }
    return (
      own, sums.flatSlice(from: 0, shape: [width]), sums.flatSlice(from: width, shape: [width])
    )
  }

  /// The cross-entropy of each row of logits with its label; see
  /// ``Backend/crossEntropy(logits:labels:smoothing:_:rows:width:)``. Traps when a label is no class.
  package func crossEntropies(labels: Tensor<Int32>, smoothing: Float) -> Tensor {
    requireLabels(labels)
    let losses = Tensor(uninitialized: Shape(Array(shape.dimensions.dropLast())), on: device)
    withExtendedLifetime((self, labels)) {
      device.backend.crossEntropy(
        logits: unsafePointer, labels: labels.unsafePointer, smoothing: smoothing,
        losses.unsafeMutablePointer, rows: rowCount, width: width)
    }
    return losses
  }

  /// `scale` times the gradient of the sum of ``crossEntropies(labels:smoothing:)`` of these logits, whose
  /// labels have been checked there.
  package func crossEntropyGradient(
    labels: Tensor<Int32>, smoothing: Float, scale: Float
  ) -> Tensor {
    precondition(
      labels.count == rowCount, "\(labels.shape) labels do not fit logits of \(shape)")
    let own = Tensor(uninitialized: shape, on: device)
    withExtendedLifetime((self, labels)) {
      device.backend.crossEntropyGradient(
        logits: unsafePointer, labels: labels.unsafePointer, smoothing: smoothing, scale: scale,
        own.unsafeMutablePointer, rows: rowCount, width: width)
    }
    return own
  }

  private func requireLabels(_ labels: Tensor<Int32>) {
    precondition(width > 0, "logits of \(shape) have no classes")
    precondition(
      labels.count == rowCount, "\(labels.shape) labels do not fit logits of \(shape)")
    requireSameDevice(labels)
    if let label = labels.firstElement(outside: 0..<width) {
      preconditionFailure("label \(label) is none of the \(width) classes of logits of \(shape)")
    }
  }

  /// Traps unless another tensor has this one's shape and device.
  func requireSameForm(_ other: Tensor) {
    precondition(shape == other.shape, "\(other.shape) is not the shape \(shape)")
    requireSameDevice(other)
  }
}
