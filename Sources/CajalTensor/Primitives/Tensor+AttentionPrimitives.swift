import CajalSupport

extension Tensor<Float> {
  /// Multi-head attention of these queries, and each query's log-sum-exp, which its gradient needs;
  /// see ``AttentionGeometry`` for the layouts.
  package func attended(
    keys: Tensor, values: Tensor, _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) -> (result: Tensor, logSumExp: Tensor) {
    requireAttention(keys, values, geometry)
    let queries = geometry.plan.queryCount
    let result = Tensor(
      uninitialized: [geometry.batch, queries, geometry.heads * geometry.valueWidth], on: device)
    let logSumExp = Tensor(uninitialized: [geometry.batch, geometry.heads, queries], on: device)
    device.backend.attention(
      queries: buffer, keys: keys.buffer, values: values.buffer, result.buffer,
      logSumExp: logSumExp.buffer, geometry, dropout: dropout)
    return (result, logSumExp)
  }

  /// The gradients of ``attended(keys:values:_:dropout:)`` of these queries.
  package func attentionGradients(
    _ gradient: Tensor, keys: Tensor, values: Tensor, result: Tensor, logSumExp: Tensor,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) -> (queries: Tensor, keys: Tensor, values: Tensor) {
    requireAttention(keys, values, geometry)
    result.requireSameForm(gradient)
    logSumExp.requirePlace(0, geometry.batch * geometry.heads * geometry.plan.queryCount)
    let gradients = [self, keys, values].map { Tensor(uninitialized: $0.shape, on: device) }
    device.backend.attentionGradient(
      queries: buffer, keys: keys.buffer, values: values.buffer, result: result.buffer,
      logSumExp: logSumExp.buffer, resultGradient: gradient.buffer,
      queriesGradient: gradients[0].buffer, keysGradient: gradients[1].buffer,
      valuesGradient: gradients[2].buffer, geometry, dropout: dropout)
    return (gradients[0], gradients[1], gradients[2])
  }

  private func requireAttention(
    _ keys: Tensor, _ values: Tensor, _ geometry: AttentionGeometry
  ) {
    let (plan, batch, heads) = (geometry.plan, geometry.batch, geometry.heads)
    require(
      shape == [batch, plan.queryCount, heads * geometry.keyWidth]
        && keys.shape == [batch, plan.keyCount, heads * geometry.keyWidth]
        && values.shape == [batch, plan.keyCount, heads * geometry.valueWidth],
      "attention of queries \(shape), keys \(keys.shape) and values \(values.shape)")
    requireSameDevice(keys)
    requireSameDevice(values)
  }
}

/// The keys and values of one attention for the positions decoded so far, in the backend's layout.
/// Written in place.
package final class AttentionCache {
  private let keys, values: Tensor<Float>
  private let geometry: AttentionGeometry

  /// An empty cache. Zeros, not garbage: a tile is read whole, with positions that have not been
  /// written yet.
  package init(_ geometry: AttentionGeometry, on device: Device) {
    self.geometry = geometry
    let counts = device.backend.attentionCacheCounts(geometry)
    keys = Tensor(zeros: [counts.keys], on: device)
    values = Tensor(zeros: [counts.values], on: device)
  }

  /// Writes keys `[batch, positions, heads · keyWidth]` and values likewise from `position` on.
  package func append(
    keys newKeys: Tensor<Float>, values newValues: Tensor<Float>, at position: Int
  ) {
    let positions = position..<(position + newKeys.shape[1])
    require(
      newKeys.shape == [geometry.batch, positions.count, geometry.heads * geometry.keyWidth]
        && newValues.shape == [
          geometry.batch, positions.count, geometry.heads * geometry.valueWidth,
        ] && position >= 0 && positions.upperBound <= geometry.plan.keyCount,
      "keys \(newKeys.shape) and values \(newValues.shape) at \(position) do not fit the cache")
    keys.requireSameDevice(newKeys)
    keys.requireSameDevice(newValues)
    keys.device.backend.cacheAttention(
      keys: newKeys.buffer, values: newValues.buffer, at: positions, keyCache: keys.buffer,
      valueCache: values.buffer, geometry)
  }

  /// What query number `row`, `[batch, 1, heads · keyWidth]`, sees in the cache:
  /// `[batch, 1, heads · valueWidth]`.
  package func attend(_ queries: Tensor<Float>, row: Int) -> Tensor<Float> {
    require(
      queries.count == geometry.batch * geometry.heads * geometry.keyWidth && row >= 0
        && row < geometry.plan.queryCount,
      "a query \(queries.shape) at row \(row) does not fit the cache")
    keys.requireSameDevice(queries)
    let result = Tensor<Float>(
      uninitialized: [geometry.batch, 1, geometry.heads * geometry.valueWidth], on: keys.device)
    keys.device.backend.attentionRow(
      row, queries: queries.buffer, keyCache: keys.buffer, valueCache: values.buffer, result.buffer,
      geometry)
    return result
  }
}
