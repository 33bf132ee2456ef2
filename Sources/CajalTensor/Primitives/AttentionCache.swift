import CajalSupport

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

  /// The attention of query number `row`, `[batch, 1, heads · keyWidth]`, to the cache:
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
