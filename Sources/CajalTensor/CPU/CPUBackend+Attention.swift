import CCajalKernels

extension CPUBackend {
  /// Multi-head attention over the pairs of a plan.
  public func attention(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    let tiles = geometry.plan.queryTiles
    guard tiles > 0 else { return }
    // A piece is a head's whole work where that is little, and else some of its query tiles.
    let tilesPerPiece = 8
    let pieces = (tiles + tilesPerPiece - 1) / tilesPerPiece
    let total = geometry.batch * geometry.heads * pieces
    withPlan(geometry, dropout) { attention in
      attention.queries = queries
      attention.keys = keys
      attention.values = values
      attention.result = result
      attention.log_sum_exp = logSumExp
      let shared = UncheckedSendable(attention)
      concurrently(total, every: geometry.piecesPerTask(of: total, products: 2)) { index in
        var attention = shared.value
        let (pair, piece) = index.quotientAndRemainder(dividingBy: pieces)
        let first = piece * tilesPerPiece
        withScratch(kernels.pointee.attention_scratch(&attention)) { scratch in
          kernels.pointee.attention(
            &attention, pair / geometry.heads, pair % geometry.heads, first,
            min(first + tilesPerPiece, tiles), scratch)
        }
      }
    }
  }

  /// The gradients of attention.
  public func attentionGradient(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    result: UnsafePointer<Float>, logSumExp: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, queriesGradient: UnsafeMutablePointer<Float>,
    keysGradient: UnsafeMutablePointer<Float>, valuesGradient: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    let total = geometry.batch * geometry.heads
    withPlan(geometry, dropout) { attention in
      attention.queries = queries
      attention.keys = keys
      attention.values = values
      attention.result = UnsafeMutablePointer(mutating: result)
      attention.log_sum_exp = UnsafeMutablePointer(mutating: logSumExp)
      attention.result_gradient = resultGradient
      attention.queries_gradient = queriesGradient
      attention.keys_gradient = keysGradient
      attention.values_gradient = valuesGradient
      let shared = UncheckedSendable(attention)
      concurrently(total, every: geometry.piecesPerTask(of: total, products: 5)) { index in
        var attention = shared.value
        withScratch(kernels.pointee.attention_gradient_scratch(&attention)) { scratch in
          kernels.pointee.attention_gradient(
            &attention, index / geometry.heads, index % geometry.heads, scratch)
        }
      }
    }
  }

  /// One row of attention against caches of keys and values.
  public func attentionRow(
    _ row: Int, queries: UnsafePointer<Float>, keys: UnsafePointer<Float>,
    values: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry
  ) {
    let (plan, heads) = (geometry.plan, geometry.heads)
    let (keyRow, valueRow) = (heads * geometry.keyWidth, heads * geometry.valueWidth)
    let (tile, place) = row.quotientAndRemainder(dividingBy: AttentionPlan.tile)
    let first = Int(plan.tileStarts[tile])
    let count = Int(plan.tileStarts[tile + 1]) - first
    plan.withPointers { entries, masks in
      let work = count * AttentionPlan.tile * (geometry.keyWidth + geometry.valueWidth)
      let total = geometry.batch * heads
      concurrently(total, every: max(1, (1 << 19) / max(work, 1))) { index in
        let (image, head) = index.quotientAndRemainder(dividingBy: heads)
        var attention = cajal_attention_row(
          query: queries + image * keyRow + head * geometry.keyWidth,
          keys: keys + image * plan.keyCount * keyRow + head * geometry.keyWidth,
          values: values + image * plan.keyCount * valueRow + head * geometry.valueWidth,
          result: result + image * valueRow + head * geometry.valueWidth,
          key_stride: keyRow, value_stride: valueRow, key_count: plan.keyCount,
          key_width: geometry.keyWidth, value_width: geometry.valueWidth, scale: geometry.scale,
          entries: entries + first, entry_count: count, masks: masks, query_in_tile: place,
          phantom_count: plan.phantomCounts.isEmpty ? 0 : plan.phantomCounts[row])
        kernels.pointee.attention_row(&attention)
      }
    }
  }

  /// Calls `body` with the kernels' description of a geometry, its buffers yet to be filled in.
  private func withPlan(
    _ geometry: AttentionGeometry, _ dropout: DropoutKey?, _ body: (inout cajal_attention) -> Void
  ) {
    let plan = geometry.plan
    let maskWords = plan.masks.count
    withScratch(maskWords * 2) { scratch in
      let transposed = UnsafeMutableRawPointer(scratch).bindMemory(
        to: UInt64.self, capacity: maskWords)
      plan.withPointers { entries, masks in
        cajal_transpose_masks(masks, transposed, maskWords / AttentionPlan.tile)
        var attention = cajal_attention()
        attention.heads = geometry.heads
        attention.query_count = plan.queryCount
        attention.key_count = plan.keyCount
        attention.key_width = geometry.keyWidth
        attention.value_width = geometry.valueWidth
        attention.scale = geometry.scale
        attention.entries = entries
        attention.masks = UnsafePointer(transposed)
        plan.tileStarts.withUnsafeBufferPointer { starts in
          plan.phantomCounts.withUnsafeBufferPointer { phantoms in
            attention.tile_starts = starts.baseAddress
            attention.phantom_counts = plan.phantomCounts.isEmpty ? nil : phantoms.baseAddress
            guard let dropout else { return body(&attention) }
            withUnsafePointer(to: cajal_dropout(dropout)) { pointer in
              attention.dropout = pointer
              body(&attention)
            }
          }
        }
      }
    }
  }
}

extension AttentionPlan {
  /// The number of query tiles.
  fileprivate var queryTiles: Int { tileStarts.count - 1 }

  /// Calls `body` with the entries as the kernels see them, and the masks.
  fileprivate func withPointers(
    _ body: (UnsafePointer<cajal_plan_entry>, UnsafePointer<UInt64>) -> Void
  ) {
    entries.withUnsafeBytes { entries in
      masks.withUnsafeBufferPointer { masks in
        // An empty array may have no address; the kernels read nothing then.
        let nowhere = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        body(
          (entries.baseAddress ?? nowhere).assumingMemoryBound(to: cajal_plan_entry.self),
          masks.baseAddress ?? nowhere.assumingMemoryBound(to: UInt64.self))
      }
    }
  }
}

extension AttentionGeometry {
  /// How many of `total` pieces make a task that is worth a thread's attention.
  fileprivate func piecesPerTask(of total: Int, products: Int) -> Int {
    let multiplications =
      batch * heads * plan.entries.count * AttentionPlan.tile * AttentionPlan.tile
      * max(keyWidth, valueWidth) * products
    return max(1, (1 << 19) * total / max(multiplications, 1))
  }
}
