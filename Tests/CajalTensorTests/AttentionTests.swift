import CajalTensor
import Foundation
import Testing

@Suite struct AttentionTests {
  /// Attention by its definition: a row of logits over all keys, those not visible left out.
  private func attention(
    _ q: [Double], _ k: [Double], _ v: [Double], _ geometry: AttentionGeometry,
    visible: [[Range<Int>]], paddingKeys: [Int], dropout: DropoutKey?
  ) -> (result: [Double], logSumExp: [Double]) {
    let (queries, keys) = (geometry.plan.queryCount, geometry.plan.keyCount)
    let (heads, width, valueWidth) = (geometry.heads, geometry.keyWidth, geometry.valueWidth)
    var result = [Double](repeating: 0, count: geometry.batch * queries * heads * valueWidth)
    var sums = [Double](repeating: -.infinity, count: geometry.batch * heads * queries)
    for b in 0..<geometry.batch {
      for h in 0..<heads {
        for i in 0..<queries {
          let seen = (0..<keys).filter { key in visible[i].contains { $0.contains(key) } }
          let query = (b * queries + i) * heads + h
          let weights = seen.map { j -> Double in
            let key = (b * keys + j) * heads + h
            var product = 0.0
            for c in 0..<width { product += q[query * width + c] * k[key * width + c] }
            return exp(Double(geometry.scale) * product)
          }
          let total = weights.reduce(0, +) + Double(paddingKeys.isEmpty ? 0 : paddingKeys[i])
          sums[(b * heads + h) * queries + i] = log(total)
          for (j, weight) in zip(seen, weights) {
            let element = ((b * heads + h) * queries + i) * keys + j
            var kept = 1.0
            if let dropout {
              let word = Philox.word(dropout.key, element: element)
              kept = word >= dropout.threshold ? 1 / (1 - Double(dropout.rate)) : 0
            }
            let factor = kept * weight / total
            let key = (b * keys + j) * heads + h
            for c in 0..<valueWidth {
              result[query * valueWidth + c] += factor * v[key * valueWidth + c]
            }
          }
        }
      }
    }
    return (result, sums)
  }

  private func check(
    _ visible: [[Range<Int>]], keys: Int, paddingKeys: [Int] = [], heads: Int = 2, width: Int = 3,
    valueWidth: Int = 5, dropout: DropoutKey? = nil, on device: Device
  ) {
    let plan = AttentionPlan(keyCount: keys, visibleKeys: visible, paddingKeyCounts: paddingKeys)
    let batch = 2
    let geometry = AttentionGeometry(
      plan: plan, batch: batch, heads: heads, keyWidth: width, valueWidth: valueWidth)
    let q = numbers(batch * visible.count * heads * width, seed: 1)
    let k = numbers(batch * keys * heads * width, seed: 2)
    let v = numbers(batch * keys * heads * valueWidth, seed: 3)
    let (expected, expectedSums) = attention(
      q, k, v, geometry, visible: visible, paddingKeys: paddingKeys, dropout: dropout)
    let queries = Tensor<Float>(rounding: q, shape: [q.count], on: device)
    let keysTensor = Tensor<Float>(rounding: k, shape: [k.count], on: device)
    let values = Tensor<Float>(rounding: v, shape: [v.count], on: device)
    let result = Tensor<Float>(repeating: .nan, shape: [expected.count], on: device)
    let sums = Tensor<Float>(repeating: .nan, shape: [expectedSums.count], on: device)
    device.backend.attention(
      queries: queries.buffer, keys: keysTensor.buffer, values: values.buffer,
      result.buffer, logSumExp: sums.buffer, geometry,
      dropout: dropout)
    // Logits of magnitude up to 4 · width / √width, an average over at most `keys` weights.
    let roundings = 8 * Double(width) + Double(keys) + 16
    expectClose(
      result, expected, shape: [expected.count], roundings: roundings,
      magnitudes: expected.map { abs($0) + 2 }, "attention on \(device)")
    expectClose(
      sums, expectedSums, shape: [expectedSums.count], roundings: roundings,
      magnitudes: expectedSums.map { abs($0) + 4 }, "log-sum-exp on \(device)")
    guard dropout == nil else { return }
    let counts = device.backend.attentionCacheCounts(geometry)
    let keyCache = Tensor<Float>(repeating: 7, shape: [counts.keys], on: device)
    let valueCache = Tensor<Float>(repeating: 7, shape: [counts.values], on: device)
    device.backend.cacheAttention(
      keys: keysTensor.buffer, values: values.buffer, at: 0..<keys,
      keyCache: keyCache.buffer, valueCache: valueCache.buffer, geometry
    )
    for row in [0, visible.count / 2, visible.count - 1] where visible.indices.contains(row) {
      let vectors = Tensor.concatenate(
        (0..<batch).map { image in
          queries.flatSlice(
            from: (image * visible.count + row) * heads * width, shape: [heads * width])
        }, axis: 0)
      let rowResult = Tensor<Float>(
        repeating: .nan, shape: [batch * heads * valueWidth], on: device)
      device.backend.attentionRow(
        row, queries: vectors.buffer, keyCache: keyCache.buffer,
        valueCache: valueCache.buffer, rowResult.buffer, geometry)
      let rowWidth = heads * valueWidth
      let rowExpected = (0..<batch).flatMap { image -> ArraySlice<Double> in
        let start: Int = (image * visible.count + row) * rowWidth
        return expected[start..<start + rowWidth]
      }
      expectClose(
        rowResult, rowExpected, shape: rowResult.shape, roundings: roundings,
        magnitudes: rowExpected.map { abs($0) + 2 }, "row \(row) on \(device)")
    }
  }

  @Test(arguments: devices) func globalAndCausal(device: Device) {
    for count in [0, 1, 2, 5, 63, 64, 65, 130] {
      check((0..<count).map { _ in [0..<count] }, keys: count, on: device)
      check((0..<count).map { [0..<$0 + 1] }, keys: count, on: device)
      check((0..<count).map { [0..<$0] }, keys: count, on: device)
    }
    check((0..<5).map { _ in [0..<70] }, keys: 70, on: device)
  }

  @Test(arguments: devices) func paddingKeysAndEmptyRows(device: Device) {
    let visible: [[Range<Int>]] = (0..<70).map { query in
      query % 3 == 0 ? [] : [max(0, query - 4)..<query, 60 + query % 7..<69]
    }
    let paddingKeys = (0..<70).map { $0 % 4 * 10 }
    check(visible.map { merged($0) }, keys: 69, paddingKeys: paddingKeys, on: device)
    check(visible.map { merged($0) }, keys: 69, heads: 1, width: 33, valueWidth: 16, on: device)
  }

  @Test(arguments: devices) func dropout(device: Device) {
    let key = DropoutKey(RandomKey(seed: 5, stream: 2, step: 9), rate: 0.3)
    check((0..<67).map { [0..<$0 + 1] }, keys: 67, dropout: key, on: device)
  }

  /// Overlapping ranges made disjoint.
  private func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.reduce(into: []) { result, range in
      let low = max(range.lowerBound, result.last?.upperBound ?? 0)
      if low < range.upperBound { result.append(low..<range.upperBound) }
    }
  }

  @Test func plansSeeWhatTheyWereTold() {
    let visible: [[Range<Int>]] = (0..<150).map { query in
      query % 11 == 0 ? [] : [query / 3..<query / 2, query / 2 + 3..<max(query / 2 + 3, query + 1)]
    }.map { $0.filter { !$0.isEmpty } }
    let plan = AttentionPlan(keyCount: 150, visibleKeys: visible)
    var pairs = 0
    for query in 0..<150 {
      for key in 0..<150 {
        let sees = visible[query].contains { $0.contains(key) }
        pairs += sees ? 1 : 0
        #expect(plan.attends(query: query, to: key) == sees)
      }
    }
    #expect(plan.visiblePairs == pairs)
    let causal = AttentionPlan(keyCount: 256, visibleKeys: (0..<256).map { [0..<$0 + 1] })
    #expect(causal.entries.count == 10 && causal.masks.count == 64, "one mask for four diagonals")
  }
}
