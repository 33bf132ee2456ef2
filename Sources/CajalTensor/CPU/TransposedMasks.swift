import CCajalKernels

/// A plan's masks as the kernels read them: a word per key instead of one per query.
struct TransposedMasks: Sendable {
  let words: [UInt64]

  init(_ plan: AttentionPlan) {
    let masks = plan.masks
    // An uninitialized array of no elements writes to the standard library's one empty array, which
    // the thread sanitizer reports as a race.
    guard !masks.isEmpty else {
      words = []
      return
    }
    words = unsafe [UInt64](unsafeUninitializedCapacity: masks.count) { buffer, initialized in
      if let base = buffer.baseAddress {
        unsafe cajal_transpose_masks(masks, base, masks.count / AttentionPlan.tile)
      }
      initialized = masks.count
    }
  }
}
