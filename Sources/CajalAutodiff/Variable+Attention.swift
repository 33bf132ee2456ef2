import CajalSupport
public import CajalTensor

extension Variable {
  /// Multi-head attention of these queries over keys and values, restricted to the pairs of a plan.
  ///
  /// Nothing of size queries × keys is stored: the backward pass computes the weights again from
  /// each query's log-sum-exp (Dao et al., "FlashAttention", 2022).
  ///
  /// - Parameters:
  ///   - keys: `[batch, keys, heads · keyWidth]`; the queries are
  ///     `[batch, queries, heads · keyWidth]`.
  ///   - values: `[batch, keys, heads · valueWidth]`.
  ///   - plan: the pairs of queries and keys.
  ///   - heads: the number of slices that the innermost axis is cut into.
  ///   - dropout: drops softmax weights.
  /// - Returns: `[batch, queries, heads · valueWidth]`; zero for a query that attends to no key.
  public func attention(
    keys: Variable, values: Variable, plan: AttentionPlan, heads: Int, dropout: DropoutKey? = nil
  ) -> Variable {
    let geometry = attentionGeometry(keys: keys, values: values, plan: plan, heads: heads)
    let (result, logSumExp) = value.attended(
      keys: keys.value, values: values.value, geometry, dropout: dropout)
    return tape.record(result, from: [self, keys, values]) {
      [queries = operand, keys = keys.operand, values = values.operand] tape, gradient in
      let gradients = queries.value.attentionGradients(
        gradient, keys: keys.value, values: values.value, result: result, logSumExp: logSumExp,
        geometry, dropout: dropout)
      tape.accumulate(gradients.queries, to: queries)
      tape.accumulate(gradients.keys, to: keys)
      tape.accumulate(gradients.values, to: values)
    }
  }

  private func attentionGeometry(
    keys: Variable, values: Variable, plan: AttentionPlan, heads: Int
  ) -> AttentionGeometry {
    require(
      shape.rank == 3 && keys.shape.rank == 3 && values.shape.rank == 3
        && shape[2] == keys.shape[2] && keys.shape[1] == values.shape[1]
        && shape[0] == keys.shape[0] && shape[0] == values.shape[0],
      "attention of queries \(shape), keys \(keys.shape) and values \(values.shape)")
    require(
      plan.queryCount == shape[1] && plan.keyCount == keys.shape[1],
      "a plan of \(plan.queryCount) queries and \(plan.keyCount) keys for \(shape), \(keys.shape)")
    require(heads > 0, "attention has at least one head, not \(heads)")
    require(
      shape[2] % heads == 0 && values.shape[2] % heads == 0,
      "\(heads) heads do not divide keys of \(shape[2]) and values of \(values.shape[2]) numbers")
    return AttentionGeometry(
      plan: plan, batch: shape[0], heads: heads, keyWidth: shape[2] / heads,
      valueWidth: values.shape[2] / heads)
  }
}
