import CajalTensor
import Testing

/// Attention patterns that reach every path of the kernels.
enum Pattern: String, CaseIterable {
  case whole, causal, ragged, nothing, paddingKeys, single

  func plan(queries: Int, keys: Int) -> AttentionPlan {
    let all = [[Range<Int>]](repeating: [0..<keys], count: queries)
    switch self {
    case .whole, .single: return AttentionPlan(keyCount: keys, visibleKeys: all)
    case .causal:
      return AttentionPlan(
        keyCount: keys, visibleKeys: (0..<queries).map { [0..<min($0 + 1, keys)] })
    case .ragged:
      // Two ranges each, none for every fifth query: masked tiles, whole ones and ones left out.
      return AttentionPlan(
        keyCount: keys,
        visibleKeys: (0..<queries).map { q in
          guard q % 5 != 3 else { return [] }
          let first = q * 7 % keys
          let second = min(first + 1 + q % 90, keys)..<keys
          return [first / 2..<(first + 1) / 2, second].filter { !$0.isEmpty }
        })
    case .nothing:
      return AttentionPlan(keyCount: keys, visibleKeys: .init(repeating: [], count: queries))
    case .paddingKeys:
      return AttentionPlan(
        keyCount: keys,
        visibleKeys: (0..<queries).map { $0 % 4 == 1 ? [] : [0..<min($0 + 1, keys)] },
        paddingKeyCounts: (0..<queries).map { $0 % 3 * 17 })
    }
  }
}

@Suite struct CPUAttentionTests {
  struct Case: CustomTestStringConvertible {
    var pattern: Pattern
    var queries, keys, batch, heads, keyWidth, valueWidth: Int
    var rate: Float?
    var testDescription: String {
      "\(pattern) \(queries)x\(keys) \(batch)x\(heads) widths \(keyWidth) \(valueWidth) \(rate ?? 0)"
    }
    var geometry: AttentionGeometry {
      AttentionGeometry(
        plan: pattern.plan(queries: queries, keys: keys), batch: batch, heads: heads,
        keyWidth: keyWidth, valueWidth: valueWidth)
    }
    var dropout: DropoutKey? {
      rate.map { DropoutKey(RandomKey(seed: 5, stream: 6, step: 7), rate: $0) }
    }
  }

  static let cases: [Case] =
    Pattern.allCases.flatMap { pattern in
      [
        (70, 70, 2, 2, 32, 32), (130, 130, 1, 1, 64, 64), (64, 128, 1, 3, 5, 17),
        (1, 1, 1, 1, 1, 1),
      ]
      .map {
        Case(
          pattern: pattern, queries: $0.0, keys: $0.1, batch: $0.2, heads: $0.3,
          keyWidth: $0.4, valueWidth: $0.5)
      }
    } + [
      Case(
        pattern: .causal, queries: 70, keys: 70, batch: 2, heads: 2, keyWidth: 8, valueWidth: 8,
        rate: 0.3),
      Case(
        pattern: .paddingKeys, queries: 40, keys: 67, batch: 1, heads: 2, keyWidth: 12,
        valueWidth: 7,
        rate: 0.1),
    ]

  /// One forward and backward pass; the inputs are the same for every backend.
  struct Pass {
    let result, logSumExp, queriesGradient, keysGradient, valuesGradient: Floats
    let inputs: [Floats]

    init(_ test: Case, spread: Float, _ backend: any HostBackend, forwardBy forward: Pass? = nil) {
      let geometry = test.geometry
      let (keyRow, valueRow) = (test.heads * test.keyWidth, test.heads * test.valueWidth)
      let (queryRows, keyRows) = (test.batch * test.queries, test.batch * test.keys)
      let queries = Floats(queryRows * keyRow, seed: 1, from: -spread, to: spread)
      let keys = Floats(keyRows * keyRow, seed: 2, from: -spread, to: spread)
      let values = Floats(keyRows * valueRow, seed: 3)
      let gradient = Floats(queryRows * valueRow, seed: 4)
      inputs = [queries, keys, values, gradient]
      result = Floats(queryRows * valueRow)
      logSumExp = Floats(test.batch * test.heads * test.queries)
      queriesGradient = Floats(queryRows * keyRow)
      keysGradient = Floats(keyRows * keyRow)
      valuesGradient = Floats(keyRows * valueRow)
      backend.attention(
        queries: queries.start, keys: keys.start, values: values.start, result.start,
        logSumExp: logSumExp.start, geometry, dropout: test.dropout)
      backend.attentionGradient(
        queries: queries.start, keys: keys.start, values: values.start,
        result: (forward ?? self).result.start, logSumExp: (forward ?? self).logSumExp.start,
        resultGradient: gradient.start, queriesGradient: queriesGradient.start,
        keysGradient: keysGradient.start, valuesGradient: valuesGradient.start, geometry,
        dropout: test.dropout)
    }
  }

  /// Errors are those of logits of size 10 or so (their unit is 2^-20 or so) and of sums of `keys`
  /// terms.
  @Test(arguments: cpuBackends.indices, cases)
  func agreesWithReference(_ index: Int, _ test: Case) {
    for spread: Float in [1, 3] {
      let actual = Pass(test, spread: spread, cpuBackends[index])
      let expected = Pass(test, spread: spread, oracle)
      let name = "\(cpuBackends[index].name) \(test) spread \(spread)"
      let logits = spread * spread * Float(test.keyWidth).squareRoot() + 8
      expectClose(
        actual.logSumExp, expected.logSumExp, roundings: 8, magnitude: logits, name + " logSumExp")
      expectClose(
        actual.result, expected.result, roundings: 8 * logits, magnitude: 2, name + " result")
      let terms = Float(test.keys + test.queries).squareRoot()
      for (path, name2) in [
        (\Pass.queriesGradient, " dQ"), (\.keysGradient, " dK"), (\.valuesGradient, " dV"),
      ] {
        expectClose(
          actual[keyPath: path], expected[keyPath: path], roundings: 8 * logits + 4 * terms,
          magnitude: 4 * terms, name + name2)
      }
    }
  }

  @Test(arguments: cpuBackends.indices, cases.filter { $0.rate == nil })
  func rowIsARowOfTheWhole(_ index: Int, _ test: Case) {
    let backend = cpuBackends[index]
    let whole = Pass(test, spread: 2, backend)
    let (keyRow, valueRow) = (test.heads * test.keyWidth, test.heads * test.valueWidth)
    let counts = backend.attentionCacheCounts(test.geometry)
    let keyCache = Floats(counts.keys, seed: 4)
    let valueCache = Floats(counts.values, seed: 5)
    // Position by position, as decoding does.
    for position in 0..<test.keys {
      func rows(_ source: Floats, _ width: Int) -> Floats {
        Floats(
          (0..<test.batch).flatMap { image in
            (0..<width).map { source.start[(image * test.keys + position) * width + $0] }
          })
      }
      let (keys, values) = (rows(whole.inputs[1], keyRow), rows(whole.inputs[2], valueRow))
      withExtendedLifetime((keys, values)) {
        backend.cacheAttention(
          keys: keys.start, values: values.start, at: position..<(position + 1),
          keyCache: keyCache.start, valueCache: valueCache.start, test.geometry)
      }
    }
    for row in Set([0, 3, test.queries / 2, test.queries - 1]) where row < test.queries {
      let queries = Floats(
        (0..<test.batch).flatMap { image in
          (0..<keyRow).map { whole.inputs[0].start[(image * test.queries + row) * keyRow + $0] }
        })
      let expected = Floats(
        (0..<test.batch).flatMap { image in
          (0..<valueRow).map { whole.result.start[(image * test.queries + row) * valueRow + $0] }
        })
      let actual = Floats(test.batch * valueRow)
      backend.attentionRow(
        row, queries: queries.start, keyCache: keyCache.start, valueCache: valueCache.start,
        actual.start, test.geometry)
      expectClose(
        actual, expected, roundings: 300, magnitude: 2, "\(backend.name) \(test) row \(row)")
    }
  }

  /// Logits far above what 2^x can hold, rising from tile to tile.
  @Test(arguments: cpuBackends.indices)
  func largeLogitsDoNotOverflow(_ index: Int) {
    let test = Case(
      pattern: .causal, queries: 200, keys: 200, batch: 1, heads: 1, keyWidth: 4, valueWidth: 3)
    var results: [Floats] = []
    for backend in [cpuBackends[index], oracle] as [any HostBackend] {
      let queries = Floats([Float](repeating: 20, count: 800))
      let keys = Floats((0..<800).map { Float($0 / 4) / 4 })
      let values = Floats(600, seed: 3)
      let result = Floats(600)
      let sums = Floats(200)
      backend.attention(
        queries: queries.start, keys: keys.start, values: values.start, result.start,
        logSumExp: sums.start, test.geometry, dropout: nil)
      results += [result, sums]
    }
    expectClose(results[1], results[3], roundings: 4, "log-sum-exp")
    expectClose(results[0], results[2], roundings: 2000 * 4, magnitude: 2, "result")
  }
}
