import CajalSupport

/// Block-sparse attention mask, compiled to 64×64 tiles: once from a pattern, for any backend.
///
/// Queries are cut into tiles of 64 and keys likewise. For each tile of queries the plan lists the
/// key tiles that at least one of its queries attends to, in ascending order, each whole (every
/// query of the tile attends to every key that exists) or with a mask. A kernel never touches a
/// tile that is not listed.
public final class AttentionPlan: Sendable {
  /// Queries and keys in a tile.
  package static let tile = 64

  /// A key tile in the row of a query tile. The layout is shared with the C kernels.
  package struct Entry: Sendable, Hashable {
    /// The number of the key tile: its first key is `keyTile * tile`.
    package var keyTile: Int32
    /// The number of the mask, or -1 when every query attends to every key.
    package var mask: Int32

    /// An entry; `mask` -1 is the whole tile.
    package init(keyTile: Int32, mask: Int32) {
      self.keyTile = keyTile
      self.mask = mask
    }
  }

  /// The number of queries and keys.
  public let queryCount: Int, keyCount: Int
  /// Where each query tile's entries start in ``entries``; one more than there are tiles.
  package let tileStarts: [Int32]
  /// The key tiles of all query tiles.
  package let entries: [Entry]
  /// 64 words per mask: bit `k` of word `q` says that the tile's query `q` attends to the tile's
  /// key `k`.
  package let masks: [UInt64]
  /// The number of zero-logit padding keys (value 0) of each query, which take part in its softmax,
  /// or empty when no query has any.
  package let paddingKeyCounts: [Float]
  /// The number of visible pairs of a query and a real key: the useful work.
  public let visiblePairs: Int

  /// Compiles the key ranges that each query attends to (ascending, disjoint, within
  /// `0 ..< keyCount`).
  ///
  /// Takes time and memory in proportion to the number of visited tiles.
  public init(
    keyCount: Int, visibleKeys: [[Range<Int>]], paddingKeyCounts: [Int] = []
  ) {
    let tile = Self.tile
    self.keyCount = keyCount
    queryCount = visibleKeys.count
    require(
      paddingKeyCounts.isEmpty || paddingKeyCounts.count == visibleKeys.count,
      "there is one count of padding keys per query")
    var tileStarts: [Int32] = [0]
    var entries: [Entry] = []
    var masks: [UInt64] = []
    var known: [[UInt64]: Int32] = [:]
    var pairs = 0
    for start in stride(from: 0, to: queryCount, by: tile) {
      let queries = start..<min(start + tile, queryCount)
      var rows: [Int: [UInt64]] = [:]
      for query in queries {
        for range in visibleKeys[query] where !range.isEmpty {
          require(
            range.lowerBound >= 0 && range.upperBound <= keyCount,
            "query \(query) attends to keys \(range) of \(keyCount)")
          pairs += range.count
          for keyTile in (range.lowerBound / tile)...((range.upperBound - 1) / tile) {
            let low = max(range.lowerBound - keyTile * tile, 0)
            let high = min(range.upperBound - keyTile * tile, tile)
            let bits =
              (high == 64 ? UInt64.max : (1 << UInt64(high)) - 1) & (UInt64.max << UInt64(low))
            rows[keyTile, default: [UInt64](repeating: 0, count: tile)][query - start] |= bits
          }
        }
      }
      for (keyTile, mask) in rows.sorted(by: { $0.key < $1.key }) {
        let keys = min(tile, keyCount - keyTile * tile)
        let full = keys == 64 ? UInt64.max : (1 << UInt64(keys)) - 1
        if mask.prefix(queries.count).allSatisfy({ $0 == full }) {
          entries.append(Entry(keyTile: Int32(keyTile), mask: -1))
          continue
        }
        let number = known[mask] ?? Int32(masks.count / tile)
        if known.updateValue(number, forKey: mask) == nil { masks += mask }
        entries.append(Entry(keyTile: Int32(keyTile), mask: number))
      }
      tileStarts.append(Int32(entries.count))
    }
    self.tileStarts = tileStarts
    self.entries = entries
    self.masks = masks
    self.paddingKeyCounts =
      paddingKeyCounts.contains { $0 != 0 } ? paddingKeyCounts.map(Float.init) : []
    visiblePairs = pairs
  }

  /// Whether `query` attends to `key`.
  public func attends(query: Int, to key: Int) -> Bool {
    let tile = Self.tile
    for index in tileStarts[query / tile]..<tileStarts[query / tile + 1] {
      let entry = entries[Int(index)]
      guard Int(entry.keyTile) == key / tile else { continue }
      return entry.mask < 0
        || masks[Int(entry.mask) * tile + query % tile] >> UInt64(key % tile) & 1 == 1
    }
    return false
  }
}
