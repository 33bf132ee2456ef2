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
