import CajalAutodiff
import CajalLayers
import CajalTensor

/// One attention layer with the keys and values of the positions decoded so far.
///
/// Owned by one decoder, which writes rows in place.
final class KeyValueCache {
  private let attention: MultiHeadAttention
  private let cache: AttentionCache

  /// An empty cache for `attention` in `plan`.
  init(_ attention: MultiHeadAttention, plan: AttentionPlan, batch: Int, on device: Device) {
    self.attention = attention
    cache = AttentionCache(
      AttentionGeometry(
        plan: plan, batch: batch, heads: attention.heads,
        keyWidth: attention.k.kernel.shape[1] / attention.heads,
        valueWidth: attention.v.kernel.shape[1] / attention.heads), on: device)
  }

  /// Writes the keys and values of rows from `position` on, from `x` `[batch, rows, width]`.
  func append(_ x: Variable, at position: Int, _ pass: ForwardPass) {
    cache.append(
      keys: attention.k(x, pass).value, values: attention.v(x, pass).value, at: position)
  }

  /// The attention of query `position`, computed from `x` `[batch, 1, width]`, over the cache.
  func attend(_ x: Variable, at position: Int, _ pass: ForwardPass) -> Variable {
    let result = cache.attend(attention.q(x, pass).value, row: position)
    return attention.outputTransform(pass.tape.constant(result), pass)
  }
}
