import Foundation

extension AttentionPlan {
  /// The keys that `query` attends to, in ascending order.
  func visibleKeys(of query: Int) -> [Int] {
    let tile = Self.tile
    let entries = entries[Int(tileStarts[query / tile])..<Int(tileStarts[query / tile + 1])]
    return entries.flatMap { entry in
      let first = Int(entry.keyTile) * tile
      let bits = entry.mask < 0 ? UInt64.max : masks[Int(entry.mask) * tile + query % tile]
      return (first..<min(first + tile, keyCount)).filter { bits >> UInt64($0 - first) & 1 == 1 }
    }
  }

  /// The number of zero-logit padding keys of `query`.
  func paddingKeyCount(of query: Int) -> Double {
    paddingKeyCounts.isEmpty ? 0 : Double(paddingKeyCounts[query])
  }
}

extension AttentionGeometry {
  /// The elements of a position in queries and keys, and in values and results.
  var keyRow: Int { heads * keyWidth }
  var valueRow: Int { heads * valueWidth }

  /// What the weight of a pair is multiplied with by dropout.
  func kept(_ dropout: DropoutKey?, image: Int, head: Int, query: Int, key: Int) -> Double {
    guard let dropout else { return 1 }
    let element = ((image * heads + head) * plan.queryCount + query) * plan.keyCount + key
    return Philox.word(dropout.key, element: element) >= dropout.threshold
      ? 1 / (1 - Double(dropout.rate)) : 0
  }
}

extension ReferenceBackend {
  /// Multi-head attention over the pairs of a plan.
  package func attention(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    let plan = geometry.plan
    for query in 0..<plan.queryCount {
      let visible = plan.visibleKeys(of: query)
      for image in 0..<geometry.batch {
        for head in 0..<geometry.heads {
          let row = image * plan.queryCount + query
          let sum = unsafe attend(
            queries + row * geometry.keyRow + head * geometry.keyWidth, keys, values,
            result + row * geometry.valueRow + head * geometry.valueWidth, geometry,
            image: image, head: head, query: query, visible: visible, dropout: dropout)
          unsafe logSumExp[(image * geometry.heads + head) * plan.queryCount + query] = Float(sum)
        }
      }
    }
  }

  /// The caches are laid out as keys and values are: `[batch, keys, heads · width]`.
  package func attentionCacheCounts(_ geometry: AttentionGeometry) -> (keys: Int, values: Int) {
    let positions = geometry.batch * geometry.plan.keyCount
    return (positions * geometry.keyRow, positions * geometry.valueRow)
  }

  /// Writes keys and values to the caches.
  package func cacheAttention(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, at positions: Range<Int>,
    keyCache: UnsafeMutablePointer<Float>, valueCache: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry
  ) {
    for image in 0..<geometry.batch {
      for (index, position) in positions.enumerated() {
        let (row, place) = (
          image * positions.count + index, image * geometry.plan.keyCount + position
        )
        unsafe (keyCache + place * geometry.keyRow).update(
          from: keys + row * geometry.keyRow, count: geometry.keyRow)
        unsafe (valueCache + place * geometry.valueRow).update(
          from: values + row * geometry.valueRow, count: geometry.valueRow)
      }
    }
  }

  /// One row of attention against caches of keys and values.
  package func attentionRow(
    _ row: Int, queries: UnsafePointer<Float>, keyCache: UnsafePointer<Float>,
    valueCache: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry
  ) {
    let visible = geometry.plan.visibleKeys(of: row)
    for image in 0..<geometry.batch {
      for head in 0..<geometry.heads {
        _ = unsafe attend(
          queries + image * geometry.keyRow + head * geometry.keyWidth, keyCache, valueCache,
          result + image * geometry.valueRow + head * geometry.valueWidth, geometry,
          image: image, head: head, query: row, visible: visible, dropout: nil)
      }
    }
  }

  /// Writes the result of one head of one query and returns its log-sum-exp.
  private func attend(
    _ vector: UnsafePointer<Float>, _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ geometry: AttentionGeometry, image: Int, head: Int,
    query: Int, visible: [Int], dropout: DropoutKey?
  ) -> Double {
    let firstRow = image * geometry.plan.keyCount
    let paddingKeys = geometry.plan.paddingKeyCount(of: query)
    let logits = visible.map { key in
      let other = unsafe keys + (firstRow + key) * geometry.keyRow + head * geometry.keyWidth
      return unsafe Double(geometry.scale) * dot(vector, other, count: geometry.keyWidth)
    }
    let maximum = logits.reduce(
      paddingKeys > 0 ? 0 : -Double.infinity, BinaryOperation.maximum.callAsFunction)
    guard !visible.isEmpty || paddingKeys > 0 else {
      unsafe fill(result, with: 0, count: geometry.valueWidth)
      return -.infinity
    }
    let total = logits.reduce(paddingKeys * exp(-maximum)) { $0 + exp($1 - maximum) }
    var sums = [Double](repeating: 0, count: geometry.valueWidth)
    for (key, logit) in zip(visible, logits) {
      let kept = geometry.kept(dropout, image: image, head: head, query: query, key: key)
      guard kept > 0 else { continue }
      let weight = exp(logit - maximum) / total * kept
      let value = unsafe values + (firstRow + key) * geometry.valueRow + head * geometry.valueWidth
      for j in sums.indices { unsafe sums[j] += weight * Double(value[j]) }
    }
    for j in sums.indices { unsafe result[j] = Float(sums[j]) }
    return maximum + log(total)
  }

  /// The scalar product.
  func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count { unsafe sum += Double(a[i]) * Double(b[i]) }
    return sum
  }
}
