import CajalTensor

/// An attention plan as kernels read it: one array of words, see `attention.cuh`.
struct DevicePlan: Sendable {
  /// The words.
  let words: DeviceMemory
  /// Where parts of the plan begin, in words.
  let keyStarts: Int64, queryEntries: Int64, keyEntries: Int64, masks: Int64
  /// -1 where no query has padding keys.
  let paddingKeyCounts: Int64

  /// Writes a plan to the device.
  init(_ plan: AttentionPlan, memory: CachingAllocator, staging: StagingMemory) {
    let tile = AttentionPlan.tile
    let keyTiles = (plan.keyCount + tile - 1) / tile
    // The entries of each key tile, by query tile: what gradients of keys and values sum over.
    var byKey = [[AttentionPlan.Entry]](repeating: [], count: keyTiles)
    for queryTile in plan.tileStarts.indices.dropLast() {
      for index in plan.tileStarts[queryTile]..<plan.tileStarts[queryTile + 1] {
        let entry = plan.entries[Int(index)]
        byKey[Int(entry.keyTile)].append(
          AttentionPlan.Entry(keyTile: Int32(queryTile), mask: entry.mask))
      }
    }
    var words = plan.tileStarts
    keyStarts = Int64(words.count)
    words.append(0)
    for entries in byKey { words.append(words[words.count - 1] + Int32(entries.count)) }
    queryEntries = Int64(words.count)
    words += plan.entries.flatMap { [$0.keyTile, $0.mask] }
    keyEntries = Int64(words.count)
    words += byKey.joined().flatMap { [$0.keyTile, $0.mask] }
    masks = Int64(words.count)
    for bits in plan.masks {
      words += [Int32(truncatingIfNeeded: bits), Int32(truncatingIfNeeded: bits >> 32)]
    }
    paddingKeyCounts = plan.paddingKeyCounts.isEmpty ? -1 : Int64(words.count)
    words += plan.paddingKeyCounts.map { Int32(bitPattern: $0.bitPattern) }
    let target = DeviceMemory(byteCount: 4 * words.count, of: memory)
    unsafe words.withUnsafeBytes { unsafe staging.upload($0, to: target.address) }
    self.words = target
  }
}
