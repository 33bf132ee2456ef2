import CCajalKernels

extension CPUBackend {
  /// Multi-head attention over the pairs of a plan.
  package func attention(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    let tiles = geometry.plan.queryTiles
    guard tiles > 0 else { return }
    // A piece is a head's whole work where that is little, and else some of its query tiles.
    let tilesPerPiece = 16
    let pieces = (tiles + tilesPerPiece - 1) / tilesPerPiece
    let total = geometry.batch * geometry.heads * pieces
    let buffers = unsafe AttentionBuffers(
      queries: queries, keys: keys, values: values, result: result, logSumExp: logSumExp)
    unsafe withKernelArguments(buffers, geometry, dropout) { attention in
      concurrently(total, every: geometry.piecesPerTask(of: total, products: 2)) { index in
        var attention = unsafe attention
        let (pair, piece) = index.quotientAndRemainder(dividingBy: pieces)
        let first = piece * tilesPerPiece
        unsafe withScratch(kernels.pointee.attention_scratch(&attention)) { scratch in
          unsafe kernels.pointee.attention(
            &attention, pair / geometry.heads, pair % geometry.heads, first,
            min(first + tilesPerPiece, tiles), scratch)
        }
      }
    }
  }

  /// The gradients of attention.
  package func attentionGradient(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    result: UnsafePointer<Float>, logSumExp: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, queriesGradient: UnsafeMutablePointer<Float>,
    keysGradient: UnsafeMutablePointer<Float>, valuesGradient: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    let total = geometry.batch * geometry.heads
    // The kernel reads the result and its log-sum-exps here.
    var buffers = unsafe AttentionBuffers(
      queries: queries, keys: keys, values: values, result: UnsafeMutablePointer(mutating: result),
      logSumExp: UnsafeMutablePointer(mutating: logSumExp))
    unsafe buffers.resultGradient = unsafe resultGradient
    unsafe buffers.queriesGradient = unsafe queriesGradient
    unsafe buffers.keysGradient = unsafe keysGradient
    unsafe buffers.valuesGradient = unsafe valuesGradient
    unsafe withKernelArguments(buffers, geometry, dropout) { attention in
      concurrently(total, every: geometry.piecesPerTask(of: total, products: 5)) { index in
        var attention = unsafe attention
        unsafe withScratch(kernels.pointee.attention_gradient_scratch(&attention)) { scratch in
          unsafe kernels.pointee.attention_gradient(
            &attention, index / geometry.heads, index % geometry.heads, scratch)
        }
      }
    }
  }

  /// One row of attention against caches of keys and values.
  package func attentionRow(
    _ row: Int, queries: UnsafePointer<Float>, keyCache: UnsafePointer<Float>,
    valueCache: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry
  ) {
    let (plan, heads) = (geometry.plan, geometry.heads)
    let (tile, place) = row.quotientAndRemainder(dividingBy: AttentionPlan.tile)
    let first = Int(plan.tileStarts[tile])
    let count = Int(plan.tileStarts[tile + 1]) - first
    unsafe plan.withPointers { _, entries, masks, paddingKeys in
      let work = count * AttentionPlan.tile * (geometry.keyWidth + geometry.valueWidth)
      let total = geometry.batch * heads
      concurrently(total, every: max(1, (1 << 19) / max(work, 1))) { index in
        let (image, head) = index.quotientAndRemainder(dividingBy: heads)
        var attention = unsafe cajal_attention_row(
          query: queries + index * geometry.keyWidth,
          keys: keyCache + geometry.keyCacheOffset(image: image, head: head, position: 0),
          values: valueCache + geometry.valueCacheOffset(image: image, head: head, position: 0),
          result: result + index * geometry.valueWidth, key_count: plan.keyCount,
          key_width: geometry.keyWidth, value_width: geometry.valueWidth, scale: geometry.scale,
          entries: entries + first, entry_count: count, masks: masks, query_in_tile: place,
          padding_key_count: paddingKeys?[row] ?? 0)
        unsafe kernels.pointee.attention_row(&attention)
      }
    }
  }

  /// Calls `body` with the kernels' description of an attention.
  private func withKernelArguments(
    _ buffers: AttentionBuffers, _ geometry: AttentionGeometry, _ dropout: DropoutKey?,
    _ body: (cajal_attention) -> Void
  ) {
    let plan = geometry.plan
    let transposed = plans.compiled(plan) { TransposedMasks($0) }
    unsafe plan.withPointers { starts, entries, masks, paddingKeys in
      unsafe transposed.words.withUnsafeBufferPointer { transposed in
        var attention = unsafe cajal_attention(
          queries: buffers.queries, keys: buffers.keys, values: buffers.values,
          result: buffers.result, log_sum_exp: buffers.logSumExp,
          result_gradient: buffers.resultGradient, queries_gradient: buffers.queriesGradient,
          keys_gradient: buffers.keysGradient, values_gradient: buffers.valuesGradient,
          heads: geometry.heads, query_count: plan.queryCount, key_count: plan.keyCount,
          key_width: geometry.keyWidth, value_width: geometry.valueWidth, scale: geometry.scale,
          tile_starts: starts, entries: entries, masks: transposed.baseAddress ?? masks,
          padding_key_counts: paddingKeys, dropout: nil)
        guard let dropout else { return unsafe body(attention) }
        unsafe withUnsafePointer(to: cajal_dropout(dropout)) { pointer in
          unsafe attention.dropout = unsafe pointer
          unsafe body(attention)
        }
      }
    }
  }

  /// The caches are laid out in tiles.
  package func attentionCacheCounts(_ geometry: AttentionGeometry) -> (keys: Int, values: Int) {
    (geometry.keyCacheCount, geometry.valueCacheCount)
  }

  /// Writes keys and values to the caches.
  package func cacheAttention(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, at positions: Range<Int>,
    keyCache: UnsafeMutablePointer<Float>, valueCache: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry
  ) {
    unsafe geometry.cache(
      keys: keys, values: values, at: positions, keyCache: keyCache, valueCache: valueCache)
  }
}

/// The buffers of one attention, and of its gradient.
@unsafe private struct AttentionBuffers {
  let queries, keys, values: UnsafePointer<Float>
  let result, logSumExp: UnsafeMutablePointer<Float>
  var resultGradient: UnsafePointer<Float>?
  var queriesGradient, keysGradient, valuesGradient: UnsafeMutablePointer<Float>?
}

extension AttentionPlan {
  /// The number of query tiles.
  fileprivate var queryTiles: Int { tileStarts.count - 1 }

  /// Calls `body` with the start of each array as the kernels see them; there are padding keys or
  /// `nil`.
  fileprivate func withPointers(
    _ body: (
      _ tileStarts: UnsafePointer<Int32>, _ entries: UnsafePointer<cajal_plan_entry>,
      _ masks: UnsafePointer<UInt64>, _ paddingKeyCounts: UnsafePointer<Float>?
    ) -> Void
  ) {
    // An empty array may have no address. Nothing is read from it, so any will do.
    let nowhere = unsafe UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    unsafe tileStarts.withUnsafeBytes { starts in
      unsafe entries.withUnsafeBytes { entries in
        unsafe masks.withUnsafeBytes { masks in
          unsafe paddingKeyCounts.withUnsafeBufferPointer { paddingKeys in
            unsafe body(
              (starts.baseAddress ?? nowhere).assumingMemoryBound(to: Int32.self),
              (entries.baseAddress ?? nowhere).assumingMemoryBound(to: cajal_plan_entry.self),
              (masks.baseAddress ?? nowhere).assumingMemoryBound(to: UInt64.self),
              paddingKeys.isEmpty ? nil : paddingKeys.baseAddress)
          }
        }
      }
    }
  }
}

extension AttentionGeometry {
  /// Pieces of `total` per task that amortize dispatch.
  fileprivate func piecesPerTask(of total: Int, products: Int) -> Int {
    let multiplications =
      batch * heads * plan.entries.count * AttentionPlan.tile * AttentionPlan.tile
      * max(keyWidth, valueWidth) * products
    return max(1, (1 << 19) * total / max(multiplications, 1))
  }
}
