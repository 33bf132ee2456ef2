/// The layouts of one attention.
///
/// Queries are `[batch, queryCount, heads * keyWidth]`, keys `[batch, keyCount, heads * keyWidth]`,
/// values `[batch, keyCount, heads * valueWidth]`, the result
/// `[batch, queryCount, heads * valueWidth]`: a head is a slice of the innermost axis, nothing is
/// transposed.
package struct AttentionGeometry: Sendable {
  /// The pairs of queries and keys. Its `queryCount` and `keyCount` are the sequence lengths.
  package var plan: AttentionPlan
  /// Images in the batch, heads, and the width of a head's keys and values.
  package var batch: Int, heads: Int, keyWidth: Int, valueWidth: Int
  /// What the products of queries and keys are multiplied with.
  package var scale: Float

  /// The geometry with scale `keyWidth ^ -0.5`.
  package init(plan: AttentionPlan, batch: Int, heads: Int, keyWidth: Int, valueWidth: Int) {
    self.plan = plan
    self.batch = batch
    self.heads = heads
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.scale = 1 / Float(keyWidth).squareRoot()
  }
}
