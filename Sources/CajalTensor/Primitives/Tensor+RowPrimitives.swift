import CajalSupport

// Operations on the rows of the innermost axis.

extension Tensor<Float> {
  /// The elements of a row.
  var width: Int { shape[-1] }
  /// The rows.
  var rowCount: Int { width == 0 ? 0 : count / width }

  /// Row `indices[i]` of this table `[rows, width]`, times `scale`: the shape of `indices` and then
  /// `width`. A negative index gives zeros; traps when an index is beyond the table.
  package func gatheredRows(_ indices: Tensor<Int32>, scale: Float) -> Tensor {
    require(rank == 2, "rows are gathered from a table, not from \(shape)")
    requireSameDevice(indices)
    indices.requireElements(in: .min..<shape[0], name: "row")
    let result = Tensor(uninitialized: indices.shape.appending(width), on: device)
    device.backend.gatherRows(
      buffer, indices.buffer, scale: scale, result.buffer, count: indices.count, width: width)
    return result
  }

  /// Adds `scale · rows[i]` to row `indices[i]` of a table of `table` that begins at element
  /// `offset` of the flat sequence; nothing for a negative index.
  package mutating func addRows(
    _ rows: Tensor, at indices: Tensor<Int32>, scale: Float, of table: Shape, from offset: Int
  ) {
    require(
      table.rank == 2 && rows.count == indices.count * table[1],
      "rows of \(rows.shape) at indices of \(indices.shape) do not fit a table of \(table)")
    requireSameDevice(rows)
    requireSameDevice(indices)
    indices.requireElements(in: .min..<table[0], name: "row")
    requirePlace(offset, table.count)
    makeUnique()
    device.backend.scatterAddRows(
      rows.buffer, indices.buffer, scale: scale, to: buffer.advanced(by: offset),
      count: indices.count, width: table[1])
  }

  /// Softmax over the innermost axis, or its logarithm.
  package func softmax(logarithm: Bool) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.softmax(
      buffer, result.buffer, rows: rowCount, width: width, logarithm: logarithm)
    return result
  }

  /// The gradient of ``softmax(logarithm:)``, of which this is the result.
  package func softmaxGradient(_ gradient: Tensor, logarithm: Bool) -> Tensor {
    requireSameForm(gradient)
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.softmaxGradient(
      y: buffer, resultGradient: gradient.buffer, result.buffer, rows: rowCount, width: width,
      logarithm: logarithm)
    return result
  }

  /// The cross-entropy of each row of logits with its label; see
  /// ``Backend/crossEntropy(logits:labels:smoothing:_:rows:width:)``. Traps when a label is no
  /// class.
  package func crossEntropies(labels: Tensor<Int32>, smoothing: Float) -> Tensor {
    requireLabels(labels)
    let losses = Tensor(uninitialized: Shape(Array(shape.dimensions.dropLast())), on: device)
    device.backend.crossEntropy(
      logits: buffer, labels: labels.buffer, smoothing: smoothing, losses.buffer, rows: rowCount,
      width: width)
    return losses
  }

  /// ``crossEntropies(labels:smoothing:)``, and the gradient of their sum times `scale` over
  /// `divisor`, in one pass.
  package func crossEntropiesAndGradient(
    labels: Tensor<Int32>, smoothing: Float, scale: Float, over divisor: Float
  ) -> (losses: Tensor, gradient: Tensor) {
    requireLabels(labels)
    let losses = Tensor(uninitialized: Shape(Array(shape.dimensions.dropLast())), on: device)
    let gradient = Tensor(uninitialized: shape, on: device)
    device.backend.crossEntropy(
      logits: buffer, labels: labels.buffer, smoothing: smoothing, losses.buffer,
      logitsGradient: gradient.buffer, scale: scale, divisor: divisor, rows: rowCount,
      width: width)
    return (losses, gradient)
  }

  /// The gradient of the sum of ``crossEntropies(labels:smoothing:)`` of these logits, whose labels
  /// have been checked there, times `scale`, a tensor of one number, over `divisor`.
  package func crossEntropyGradient(
    labels: Tensor<Int32>, smoothing: Float, scale: Tensor, over divisor: Float = 1
  ) -> Tensor {
    require(
      labels.count == rowCount, "\(labels.shape) labels do not fit logits of \(shape)")
    require(scale.count == 1, "a scale is one number, not \(scale.shape)")
    requireSameDevice(labels)
    requireSameDevice(scale)
    let own = Tensor(uninitialized: shape, on: device)
    device.backend.crossEntropyGradient(
      logits: buffer, labels: labels.buffer, smoothing: smoothing, scale: scale.buffer,
      divisor: divisor, own.buffer, rows: rowCount, width: width)
    return own
  }

  private func requireLabels(_ labels: Tensor<Int32>) {
    require(width > 0, "logits of \(shape) have no classes")
    require(
      labels.count == rowCount, "\(labels.shape) labels do not fit logits of \(shape)")
    requireSameDevice(labels)
    labels.requireElements(in: 0..<width, name: "label")
  }

  /// Traps unless another tensor has this one's shape and device.
  func requireSameForm(_ other: Tensor) {
    require(shape == other.shape, "\(other.shape) is not the shape \(shape)")
    requireSameDevice(other)
  }
}

extension Tensor<Int32> {
  /// Stops the program when an element is outside of `range`, with a sentence that begins with
  /// `name`. The device looks, in order: the host does not wait for it.
  func requireElements(in range: Range<Int>, name: StaticString) {
    device.backend.requireIndices(buffer, count: count, in: range, name: name)
  }
}
