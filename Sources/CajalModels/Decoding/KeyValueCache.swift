import CajalAutodiff
import CajalLayers
import CajalTensor

/// The keys and values of one attention for the positions decoded so far, `[batch, positions, channels]`.
///
/// Owned by one decoder: nobody else shares its memory, so that rows are written in place.
final class KeyValueCache {
  private let keys: Tensor<Float>
  private let values: Tensor<Float>
  private let geometry: AttentionGeometry

  /// An empty cache for `attention` in `plan`.
  init(_ attention: MultiHeadAttention, plan: AttentionPlan, batch: Int, on device: Device) {
    let keyChannels = attention.k.kernel.shape[1]
    let valueChannels = attention.v.kernel.shape[1]
    // Zeros, not garbage: a masked tile may read rows that have not been written yet.
    keys = Tensor(repeating: 0, shape: [batch, plan.keyCount, keyChannels], on: device)
    values = Tensor(repeating: 0, shape: [batch, plan.keyCount, valueChannels], on: device)
    geometry = AttentionGeometry(
      plan: plan, batch: batch, heads: attention.heads, keyWidth: keyChannels / attention.heads,
      valueWidth: valueChannels / attention.heads)
  }

  /// Fills all rows from `memory` `[batch, keyCount, width]`.
  func fill(_ attention: MultiHeadAttention, memory: Variable, _ pass: ForwardPass) {
    copy(attention.k(memory, pass).value, to: keys)
    copy(attention.v(memory, pass).value, to: values)
  }

  /// Writes the keys and values of row `position` from `x` `[batch, 1, width]`.
  func append(_ attention: MultiHeadAttention, _ x: Variable, at position: Int, _ pass: ForwardPass)
  {
    write(attention.k(x, pass).value, to: keys, at: position)
    write(attention.v(x, pass).value, to: values, at: position)
  }

  /// What query `position`, computed from `x` `[batch, 1, width]`, sees in the cache.
  func attend(_ attention: MultiHeadAttention, _ x: Variable, at position: Int, _ pass: ForwardPass)
    -> Variable
  {
    let queries = attention.q(x, pass).value
    let result = Tensor<Float>(
      uninitialized: [geometry.batch, 1, values.shape[2]], on: values.device)
    values.device.backend.attentionRow(
      position, queries: queries.unsafePointer, keys: keys.unsafePointer,
      values: values.unsafePointer, result.unsafeMutablePointer, geometry)
    return attention.outputTransform(pass.tape.constant(result), pass)
  }

  private func copy(_ source: Tensor<Float>, to target: Tensor<Float>) {
    target.device.backend.copy(
      source.unsafePointer, to: target.unsafeMutablePointer,
      byteCount: source.count * MemoryLayout<Float>.stride)
  }

  private func write(_ rows: Tensor<Float>, to target: Tensor<Float>, at position: Int) {
    let (count, width) = (target.shape[1], target.shape[2])
    for image in 0..<target.shape[0] {
      target.device.backend.copy(
        rows.unsafePointer + image * width,
        to: target.unsafeMutablePointer + (image * count + position) * width,
        byteCount: width * MemoryLayout<Float>.stride)
    }
  }
}
