public import CajalTensor

/// Attention and its gradients.
public final class TimedAttention {
  private let geometry: AttentionGeometry
  private let queries, keys, values, gradient: Tensor<Float>
  private var result, logSumExp: Tensor<Float>

  /// Attention over the pairs of a plan, with keys and values of the same width.
  public init(
    _ plan: AttentionPlan, batch: Int, heads: Int, width: Int, on device: Device = .cpu
  ) {
    geometry = AttentionGeometry(
      plan: plan, batch: batch, heads: heads, keyWidth: width, valueWidth: width)
    let querySide: Shape = [batch, plan.queryCount, heads * width]
    let keySide: Shape = [batch, plan.keyCount, heads * width]
    queries = timedOperand(querySide, seed: 1, on: device)
    keys = timedOperand(keySide, seed: 2, on: device)
    values = timedOperand(keySide, seed: 3, on: device)
    gradient = timedOperand(querySide, seed: 5, on: device)
    (result, logSumExp) = queries.attended(keys: keys, values: values, geometry, dropout: nil)
  }

  /// Computes the result.
  public func forward() {
    (result, logSumExp) = queries.attended(keys: keys, values: values, geometry, dropout: nil)
    result.device.synchronize()
  }

  /// Computes the gradients of queries, keys and values.
  public func backward() {
    _ = queries.attentionGradients(
      gradient, keys: keys, values: values, result: result, logSumExp: logSumExp, geometry,
      dropout: nil)
    result.device.synchronize()
  }
}
