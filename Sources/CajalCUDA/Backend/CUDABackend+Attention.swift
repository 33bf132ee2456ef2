import CCajalCUDA
package import CajalTensor

extension CUDABackend {
  /// Multi-head attention over the pairs of a plan.
  package func attention(
    queries: Buffer, keys: Buffer, values: Buffer, _ result: Buffer, logSumExp: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    let plan = compiled(geometry.plan)
    let rows = geometry.plan.queryCount
    if let shape = TensorAttention(geometry, precision) {
      let attention = cajal_cuda_attention(geometry, plan, dropout)
      let lines = roundedKeys(keys, values, shape, attention)
      launch(
        inPrecision("cajal_attention_\(shape.width)"), grid: shape.grid(geometry, rows: rows),
        block: 128, sharedBytes: shape.sharedBytes(ofGradient: false), queries, lines.keys,
        lines.values, result, logSumExp, plan.words, attention)
      return
    }
    let columns = columnsPerBlock(geometry.valueWidth)
    launch(
      "cajal_attention_\(columns)", grid: grid(geometry, rows: rows, geometry.valueWidth, columns),
      block: 128, queries, keys, values, result, logSumExp, plan.words,
      cajal_cuda_attention(geometry, plan, dropout))
  }

  /// The gradients of attention: one launch for each operand, after the projections. On tensor
  /// cores operands are rounded first, and keys and values share a launch.
  package func attentionGradient(
    queries: Buffer, keys: Buffer, values: Buffer, result: Buffer, logSumExp: Buffer,
    resultGradient: Buffer, queriesGradient: Buffer, keysGradient: Buffer, valuesGradient: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    let plan = compiled(geometry.plan)
    let attention = cajal_cuda_attention(geometry, plan, dropout)
    let (queryCount, keyCount) = (geometry.plan.queryCount, geometry.plan.keyCount)
    if let shape = TensorAttention(geometry, precision) {
      let own = roundedKeys(keys, values, shape, attention)
      let count = shape.lineCount(geometry, rows: queryCount)
      let queryLines = workspace(byteCount: count * shape.lineBytes)
      let gradientLines = workspace(byteCount: count * shape.lineBytes)
      let statistics = workspace(floats: 2 * count)
      launch(
        inPrecision("cajal_attention_queries_\(shape.width)"), grid: Grid(count / 64), block: 128,
        queries, result, resultGradient, logSumExp, queryLines, gradientLines, statistics,
        attention)
      launch(
        inPrecision("cajal_attention_query_gradient_\(shape.width)"),
        grid: shape.grid(geometry, rows: queryCount), block: 128,
        sharedBytes: shape.sharedBytes(ofGradient: true), queryLines, own.keys, own.values,
        gradientLines, statistics, queriesGradient, plan.words, attention)
      launch(
        inPrecision("cajal_attention_key_gradients_\(shape.width)"),
        grid: shape.grid(geometry, rows: keyCount), block: 128,
        sharedBytes: shape.sharedBytes(ofGradient: true), queryLines, own.keys, own.values,
        gradientLines, statistics, keysGradient, valuesGradient, plan.words, attention)
      return
    }
    let count = geometry.batch * geometry.heads * queryCount
    let projections = workspace(floats: count)
    launch(
      "cajal_attention_projections", grid: grid(for: 32 * count), result, resultGradient,
      projections, attention)
    let operands = [
      (cajal_cuda_attention_queries, queriesGradient, queryCount, geometry.keyWidth),
      (cajal_cuda_attention_keys, keysGradient, keyCount, geometry.keyWidth),
      (cajal_cuda_attention_values, valuesGradient, keyCount, geometry.valueWidth),
    ]
    for (operand, gradient, rows, width) in operands {
      let columns = columnsPerBlock(width)
      launch(
        "cajal_attention_gradient_\(columns)", grid: grid(geometry, rows: rows, width, columns),
        block: 128, operand, queries, keys, values, resultGradient, logSumExp, projections,
        gradient, plan.words, attention)
    }
  }

  /// The elements of the caches: `[batch, heads, keyCount, width]`.
  package func attentionCacheCounts(_ geometry: AttentionGeometry) -> (keys: Int, values: Int) {
    let positions = geometry.batch * geometry.heads * geometry.plan.keyCount
    return (positions * geometry.keyWidth, positions * geometry.valueWidth)
  }

  /// Writes keys and values to positions of the caches.
  package func cacheAttention(
    keys: Buffer, values: Buffer, at positions: Range<Int>, keyCache: Buffer, valueCache: Buffer,
    _ geometry: AttentionGeometry
  ) {
    let width = geometry.heads * (geometry.keyWidth + geometry.valueWidth)
    launch(
      "cajal_cache_attention", grid: grid(for: geometry.batch * positions.count * width), keys,
      values, keyCache, valueCache, positions.lowerBound, positions.count,
      cajal_cuda_attention(geometry, compiled(geometry.plan), nil))
  }

  /// One row of attention against the caches.
  package func attentionRow(
    _ row: Int, queries: Buffer, keyCache: Buffer, valueCache: Buffer, _ result: Buffer,
    _ geometry: AttentionGeometry
  ) {
    let pairs = geometry.batch * geometry.heads
    guard pairs > 0, geometry.valueWidth > 0 else { return }
    let plan = compiled(geometry.plan)
    let attention = cajal_cuda_attention(geometry, plan, nil)
    let starts = geometry.plan.tileStarts, tile = row / AttentionPlan.tile
    let parts = max(min(Int(starts[tile + 1] - starts[tile]), 512 / pairs), 1)
    let partial = parts == 1 ? nil : workspace(floats: pairs * parts * (2 + geometry.valueWidth))
    launch(
      "cajal_attention_row", grid: Grid(pairs * parts, (geometry.valueWidth + 127) / 128),
      block: 128, row, queries, keyCache, valueCache, result, partial, parts, plan.words, attention)
    if let partial {
      launch(
        "cajal_attention_row_parts",
        grid: grid(for: pairs * geometry.valueWidth, threads: 128), block: 128, row, partial,
        result, parts, plan.words, attention)
    }
  }

  /// The plan on the device, written there once.
  private func compiled(_ plan: AttentionPlan) -> DevicePlan {
    plans.compiled(plan) { DevicePlan($0, memory: memory, staging: staging) }
  }

  /// The columns of a result that a block computes: kernels are named by them.
  private func columnsPerBlock(_ width: Int) -> Int { width <= 32 ? 32 : width <= 64 ? 64 : 128 }

  /// Keys and values in the numbers of the precision.
  private func roundedKeys(
    _ keys: Buffer, _ values: Buffer, _ shape: TensorAttention, _ attention: cajal_cuda_attention
  ) -> (keys: DeviceMemory, values: DeviceMemory) {
    let pairs = Int(attention.batch * attention.heads)
    let count = pairs * TensorAttention.paddedRows(Int(attention.key_count))
    let keyLines = workspace(byteCount: count * shape.lineBytes)
    let valueLines = workspace(byteCount: count * shape.lineBytes)
    launch(
      inPrecision("cajal_attention_keys_\(shape.width)"), grid: Grid(count / 64), block: 128, keys,
      values, keyLines, valueLines, attention)
    return (keyLines, valueLines)
  }

  /// A block for each tile of rows of each head, and for each group of columns.
  private func grid(
    _ geometry: AttentionGeometry, rows: Int, _ width: Int, _ columns: Int
  ) -> Grid {
    let tiles = (rows + AttentionPlan.tile - 1) / AttentionPlan.tile
    return Grid(tiles * geometry.batch * geometry.heads, (width + columns - 1) / columns)
  }
}

/// How attention is computed on tensor cores; see `attention_tensor.cuh`.
private struct TensorAttention {
  /// The width of a line, and the bytes of a number.
  let width: Int, numberBytes: Int

  /// `nil` for float32, and for heads that are too wide, which are computed in float32.
  init?(_ geometry: AttentionGeometry, _ precision: Precision) {
    let width = max(geometry.keyWidth, geometry.valueWidth)
    guard precision != .float32, width <= CAJAL_CUDA_TENSOR_ATTENTION_WIDTH else { return nil }
    self.width = width <= 32 ? 32 : 64
    numberBytes = precision == .tf32 ? 4 : 2
  }

  var lineBytes: Int { width * numberBytes }

  static func paddedRows(_ rows: Int) -> Int { Int(cajal_cuda_attention_padded_rows(Int64(rows))) }

  func lineCount(_ geometry: AttentionGeometry, rows: Int) -> Int {
    geometry.batch * geometry.heads * Self.paddedRows(rows)
  }

  func sharedBytes(ofGradient: Bool) -> Int {
    Int(cajal_cuda_attention_shared_bytes(ofGradient ? 1 : 0, Int32(width), Int32(numberBytes)))
  }

  /// A block for each group of tiles of rows of each head.
  func grid(_ geometry: AttentionGeometry, rows: Int) -> Grid {
    let tiles = Int(cajal_cuda_attention_row_tiles(Int32(width), Int32(numberBytes)))
    let perBlock = tiles * AttentionPlan.tile
    return Grid((rows + perBlock - 1) / perBlock * geometry.batch * geometry.heads)
  }
}

extension cajal_cuda_attention {
  /// A geometry as kernels take it.
  fileprivate init(_ geometry: AttentionGeometry, _ plan: DevicePlan, _ dropout: DropoutKey?) {
    self.init(
      batch: Int64(geometry.batch), heads: Int64(geometry.heads),
      query_count: Int64(geometry.plan.queryCount), key_count: Int64(geometry.plan.keyCount),
      key_width: Int64(geometry.keyWidth), value_width: Int64(geometry.valueWidth),
      key_starts: plan.keyStarts, query_entries: plan.queryEntries, key_entries: plan.keyEntries,
      masks: plan.masks, padding_key_counts: plan.paddingKeyCounts, scale: geometry.scale,
      has_dropout: dropout == nil ? 0 : 1,
      dropout: dropout.map { cajal_cuda_dropout($0) } ?? cajal_cuda_dropout())
  }
}
