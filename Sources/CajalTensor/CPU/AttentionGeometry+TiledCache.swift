// The caches of keys and values that decoding reads: head by head, and keys with a tile of
// positions innermost, so that each row of attention runs through memory from start to end.

extension AttentionGeometry {
  /// The elements of a cache of keys, `[batch, heads, key tiles, keyWidth, 64]`, the last tile
  /// filled up.
  var keyCacheCount: Int { batch * heads * cachedPositions * keyWidth }
  /// The elements of a cache of values, `[batch, heads, key tiles · 64, valueWidth]`.
  var valueCacheCount: Int { batch * heads * cachedPositions * valueWidth }

  /// The positions of a cache: whole tiles.
  var cachedPositions: Int {
    (plan.keyCount + AttentionPlan.tile - 1) / AttentionPlan.tile * AttentionPlan.tile
  }

  /// Where channel 0 of a key is; its other channels are each ``AttentionPlan/tile`` further on.
  func keyCacheOffset(image: Int, head: Int, position: Int) -> Int {
    let (tile, place) = position.quotientAndRemainder(dividingBy: AttentionPlan.tile)
    let tiles = cachedPositions / AttentionPlan.tile
    return ((image * heads + head) * tiles + tile) * keyWidth * AttentionPlan.tile + place
  }

  /// Where a value starts.
  func valueCacheOffset(image: Int, head: Int, position: Int) -> Int {
    ((image * heads + head) * cachedPositions + position) * valueWidth
  }

  /// Writes rows of keys and values to the caches, both in the host's memory.
  func cache(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, at positions: Range<Int>,
    keyCache: UnsafeMutablePointer<Float>, valueCache: UnsafeMutablePointer<Float>
  ) {
    for image in 0..<batch {
      for (index, position) in positions.enumerated() {
        let row = image * positions.count + index
        for head in 0..<heads {
          let key = unsafe keys + (row * heads + head) * keyWidth
          let target =
            unsafe keyCache + keyCacheOffset(image: image, head: head, position: position)
          for channel in 0..<keyWidth {
            unsafe target[channel * AttentionPlan.tile] = unsafe key[channel]
          }
          let value = unsafe values + (row * heads + head) * valueWidth
          unsafe (valueCache + valueCacheOffset(image: image, head: head, position: position))
            .update(
              from: value, count: valueWidth)
        }
      }
    }
  }
}
