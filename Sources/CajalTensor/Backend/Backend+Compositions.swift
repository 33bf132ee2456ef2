// Primitives that save a GPU a pass over memory, by those that they are made of: what backends do that
// have nothing of their own.

extension Backend {
  /// A binary operation, then the sums.
  package func binary(
    _ operation: BinaryOperation, _ left: Buffer, _ right: Buffer, _ result: Buffer,
    addingColumnSumsTo sums: Buffer, rows: Int, width: Int
  ) {
    binary(operation, left, right, result, BroadcastGeometry(count: rows * width))
    addColumnSums(of: result, to: sums, rows: rows, width: width)
  }

  /// The sums, which are then added.
  package func addColumnSums(of x: Buffer, to sums: Buffer, rows: Int, width: Int) {
    let own = Tensor<Float>(uninitialized: [width], on: Device(self))
    reduce(.sum, x, own.buffer, outer: 1, length: rows, inner: width)
    addScaled(own.buffer, scale: 1, to: sums, count: width)
  }

  /// A term after the other.
  package func sumRows(_ terms: [SummedRows], _ result: Buffer, count: Int, width: Int) {
    var sum: Buffer?
    var scratch: Tensor<Float>?
    for term in terms {
      var (rows, rowCount) = (term.table, term.rows)
      if let indices = term.indices {
        // The first rows that are looked up need no memory of their own.
        if sum == result {
          let own = scratch ?? Tensor(uninitialized: [count, width], on: Device(self))
          (scratch, rows) = (own, own.buffer)
        } else {
          rows = result
        }
        gatherRows(
          term.table, indices, scale: term.scale, rows, count: count, width: width)
        rowCount = count
      }
      if let before = sum {
        add(rows, rowCount, to: before, result, count: count, width: width)
        sum = result
      } else if rowCount == count {
        sum = rows
      } else {
        fill(result, with: 0, count: count * width)
        add(rows, rowCount, to: result, result, count: count, width: width)
        sum = result
      }
    }
    if let sum, sum != result { copy(sum, to: result, count: count * width) }
  }

  /// `result = sum + rows`, rows in turn.
  private func add(
    _ rows: Buffer, _ rowCount: Int, to sum: Buffer, _ result: Buffer, count: Int, width: Int
  ) {
    let repeats = rowCount == 0 ? 0 : count / rowCount
    guard let geometry = BroadcastGeometry([repeats, rowCount, width], [rowCount, width]) else {
      return
    }
    binary(.add, sum, rows, result, geometry)
  }

  /// Dropout, to which the residual is then added.
  package func addDropout(
    _ x: Buffer, _ key: DropoutKey, to residual: Buffer, _ result: Buffer, count: Int
  ) {
    dropout(x, key, result, count: count)
    binary(.add, result, residual, result, BroadcastGeometry(count: count))
  }

  /// The sum, which is then normalized.
  package func sumLayerNorm(
    _ x: Buffer, dropout key: DropoutKey?, residual: Buffer?, sum: Buffer, scale: Buffer,
    bias: Buffer, _ result: Buffer, statistics: Buffer?, rows: Int, width: Int, epsilon: Float
  ) {
    let count = rows * width
    switch (key, residual) {
    case (let key?, let residual?): addDropout(x, key, to: residual, sum, count: count)
    case (let key?, nil): dropout(x, key, sum, count: count)
    case (nil, let residual?): binary(.add, x, residual, sum, BroadcastGeometry(count: count))
    case (nil, nil): copy(x, to: sum, count: count)
    }
    layerNorm(
      sum, scale: scale, bias: bias, result, statistics: statistics, rows: rows, width: width,
      epsilon: epsilon)
  }

  /// The gradients, then dropout.
  package func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, dropout key: DropoutKey, dropped: Buffer, scaleGradient: Buffer,
    biasGradient: Buffer, rows: Int, width: Int
  ) {
    layerNormGradient(
      x, scale: scale, statistics: statistics, resultGradient: resultGradient, xGradient,
      accumulates: accumulates, scaleGradient: scaleGradient, biasGradient: biasGradient,
      rows: rows, width: width)
    dropout(xGradient, key, dropped, count: rows * width)
  }

  /// The losses, then the gradient.
  package func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, logitsGradient: Buffer,
    scale: Float, divisor: Float, rows: Int, width: Int
  ) {
    crossEntropy(
      logits: logits, labels: labels, smoothing: smoothing, losses, rows: rows, width: width)
    let scale = Tensor<Float>(repeating: scale, shape: [], on: Device(self))
    crossEntropyGradient(
      logits: logits, labels: labels, smoothing: smoothing, scale: scale.buffer, divisor: divisor,
      logitsGradient, rows: rows, width: width)
  }
}
