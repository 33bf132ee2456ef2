import CajalAutodiff
import CajalLayers
import CajalTensor

/// The keys and values of one attention for the positions decoded so far, in the layout of
/// ``AttentionGeometry/keyCacheCount``.
///
/// Owned by one decoder: nobody else shares its memory, so that rows are written in place.
final class KeyValueCache {
  private let keys: Tensor<Float>
  private let values: Tensor<Float>
  private let geometry: AttentionGeometry

  /// An empty cache for `attention` in `plan`.
  init(_ attention: MultiHeadAttention, plan: AttentionPlan, batch: Int, on device: Device) {
    geometry = AttentionGeometry(
      plan: plan, batch: batch, heads: attention.heads,
      keyWidth: attention.k.kernel.shape[1] / attention.heads,
      valueWidth: attention.v.kernel.shape[1] / attention.heads)
    // Zeros, not garbage: a tile is read whole, with the positions that have not been written yet.
    keys = Tensor(repeating: 0, shape: [geometry.keyCacheCount], on: device)
    values = Tensor(repeating: 0, shape: [geometry.valueCacheCount], on: device)
  }

  /// Writes the keys and values of rows from `position` on, from `x` `[batch, rows, width]`.
  func append(_ attention: MultiHeadAttention, _ x: Variable, at position: Int, _ pass: ForwardPass)
  {
    let (newKeys, newValues) = (attention.k(x, pass).value, attention.v(x, pass).value)
    keys.device.backend.cacheAttention(
      keys: newKeys.unsafePointer, values: newValues.unsafePointer,
      at: position..<(position + x.shape[1]), keyCache: keys.unsafeMutablePointer,
      valueCache: values.unsafeMutablePointer, geometry)
  }

  /// What query `position`, computed from `x` `[batch, 1, width]`, sees in the cache.
  func attend(_ attention: MultiHeadAttention, _ x: Variable, at position: Int, _ pass: ForwardPass)
    -> Variable
  {
    let queries = attention.q(x, pass).value
    let result = Tensor<Float>(
      uninitialized: [geometry.batch, 1, geometry.heads * geometry.valueWidth], on: values.device)
    values.device.backend.attentionRow(
      position, queries: queries.unsafePointer, keyCache: keys.unsafePointer,
      valueCache: values.unsafePointer, result.unsafeMutablePointer, geometry)
    return attention.outputTransform(pass.tape.constant(result), pass)
  }
}
