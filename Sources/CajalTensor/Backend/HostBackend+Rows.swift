// The primitives over buffers, by those over addresses. A buffer keeps its storage until the call
// returns.

extension HostBackend {
  /// `result[i, :] = scale * table[indices[i], :]`.
  package func gatherRows(
    _ table: Buffer, _ indices: Buffer, scale: Float, _ result: Buffer, count: Int, width: Int
  ) {
    unsafe gatherRows(
      table.floats, indices.integers, scale: scale, result.mutableFloats, count: count, width: width
    )
  }

  /// `table[indices[i], :] += scale * rows[i, :]`.
  package func scatterAddRows(
    _ rows: Buffer, _ indices: Buffer, scale: Float, to table: Buffer, count: Int, width: Int
  ) {
    unsafe scatterAddRows(
      rows.floats, indices.integers, scale: scale, to: table.mutableFloats, count: count,
      width: width)
  }

  /// Softmax of each row, or its logarithm.
  package func softmax(_ x: Buffer, _ result: Buffer, rows: Int, width: Int, logarithm: Bool) {
    unsafe softmax(x.floats, result.mutableFloats, rows: rows, width: width, logarithm: logarithm)
  }

  /// The gradient of softmax.
  package func softmaxGradient(
    y: Buffer, resultGradient: Buffer, _ xGradient: Buffer, rows: Int, width: Int, logarithm: Bool
  ) {
    unsafe softmaxGradient(
      y: y.floats, resultGradient: resultGradient.floats, xGradient.mutableFloats, rows: rows,
      width: width, logarithm: logarithm)
  }

  /// Layer normalization of each row.
  package func layerNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer?, rows: Int,
    width: Int, epsilon: Float
  ) {
    unsafe layerNorm(
      x.floats, scale: scale.floats, bias: bias.floats, result.mutableFloats,
      statistics: statistics?.mutableFloats, rows: rows, width: width, epsilon: epsilon)
  }

  /// The gradients of layer normalization. They are summed before anything is added to what is
  /// there.
  package func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, scaleGradient: Buffer, biasGradient: Buffer, rows: Int, width: Int
  ) {
    let sums = Tensor<Float>(zeros: [2, width], on: Device(self)).buffer
    let own =
      accumulates
      ? Tensor<Float>(uninitialized: [rows, width], on: Device(self)).buffer : xGradient
    unsafe layerNormGradient(
      x.floats, scale: scale.floats, statistics: statistics.floats,
      resultGradient: resultGradient.floats, own.mutableFloats,
      scaleGradient: sums.mutableFloats, biasGradient: sums.mutableFloats + width, rows: rows,
      width: width)
    if accumulates { addScaled(own, scale: 1, to: xGradient, count: rows * width) }
    addScaled(sums, scale: 1, to: scaleGradient, count: width)
    addScaled(sums.advanced(by: width), scale: 1, to: biasGradient, count: width)
  }

  /// The cross-entropy of each row.
  package func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, rows: Int, width: Int
  ) {
    unsafe crossEntropy(
      logits: logits.floats, labels: labels.integers, smoothing: smoothing, losses.mutableFloats,
      rows: rows, width: width)
  }

  /// `scale` times the gradient of the sum of the losses.
  package func crossEntropyGradient(
    logits: Buffer, labels: Buffer, smoothing: Float, scale: Buffer, divisor: Float,
    _ logitsGradient: Buffer, rows: Int, width: Int
  ) {
    unsafe crossEntropyGradient(
      logits: logits.floats, labels: labels.integers, smoothing: smoothing,
      scale: scale.floats.pointee / divisor, logitsGradient.mutableFloats, rows: rows, width: width)
  }

  /// Multi-head attention.
  package func attention(
    queries: Buffer, keys: Buffer, values: Buffer, _ result: Buffer, logSumExp: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    unsafe attention(
      queries: queries.floats, keys: keys.floats, values: values.floats, result.mutableFloats,
      logSumExp: logSumExp.mutableFloats, geometry, dropout: dropout)
  }

  /// The gradients of attention.
  package func attentionGradient(
    queries: Buffer, keys: Buffer, values: Buffer, result: Buffer, logSumExp: Buffer,
    resultGradient: Buffer, queriesGradient: Buffer, keysGradient: Buffer, valuesGradient: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    unsafe attentionGradient(
      queries: queries.floats, keys: keys.floats, values: values.floats, result: result.floats,
      logSumExp: logSumExp.floats, resultGradient: resultGradient.floats,
      queriesGradient: queriesGradient.mutableFloats, keysGradient: keysGradient.mutableFloats,
      valuesGradient: valuesGradient.mutableFloats, geometry, dropout: dropout)
  }

  /// Writes keys and values to the caches.
  package func cacheAttention(
    keys: Buffer, values: Buffer, at positions: Range<Int>, keyCache: Buffer, valueCache: Buffer,
    _ geometry: AttentionGeometry
  ) {
    unsafe cacheAttention(
      keys: keys.floats, values: values.floats, at: positions, keyCache: keyCache.mutableFloats,
      valueCache: valueCache.mutableFloats, geometry)
  }

  /// One row of attention against the caches.
  package func attentionRow(
    _ row: Int, queries: Buffer, keyCache: Buffer, valueCache: Buffer, _ result: Buffer,
    _ geometry: AttentionGeometry
  ) {
    unsafe attentionRow(
      row, queries: queries.floats, keyCache: keyCache.floats, valueCache: valueCache.floats,
      result.mutableFloats, geometry)
  }
}
