import CUDAEmulator
import CajalCUDA
import Testing

@testable import CajalTensor

/// The primitives that no differentiable operation leads to, on the emulated devices against the
/// reference, with buffers that begin at any element.
@Suite struct PrimitiveTests {
  private static let counts = [0, 1, 3, 17, 1003, 9001]

  /// Runs `body` on buffers of the same random numbers on all devices and compares what it leaves.
  private func compare(
    _ sizes: [Int], from low: Float = -2, roundings: Double = 8, _ comment: String,
    _ body: (any Backend, [Buffer]) -> Void
  ) throws {
    for offset in [0, 1] {
      func run(_ device: Device) -> [[Float]] {
        let tensors = sizes.enumerated().map { index, size in
          let key = RandomKey(seed: 3, stream: UInt32(index))
          return Tensor<Float>(
            randomUniform: [size + offset], low: low, high: 2, key: key, on: .reference
          ).copied(to: device)
        }
        body(device.backend, tensors.map { $0.buffer.advanced(by: offset) })
        return tensors.map(\.scalars)
      }
      let expected = run(.reference)
      for device in try EmulatedDevices.all.map({ try $0.get() }) {
        for (index, (a, b)) in zip(run(device).joined(), expected.joined()).enumerated() {
          let allowed = roundings * 0x1p-24 * (Double(abs(b)) + 2)
          if abs(Double(a) - Double(b)) <= allowed { continue }
          Issue.record("\(comment) on \(device): element \(index) is \(a), not \(b) ± \(allowed)")
          break
        }
      }
    }
  }

  @Test(arguments: counts) func optimizerSteps(count: Int) throws {
    let step = AdamStep(
      stepSize: 0.01, beta1: 0.9, beta2: 0.98, epsilon: 1e-3, gradientScale: 0.5, decay: 0.01)
    try compare([count, count, count, count], from: 0.1, "Adam") { backend, x in
      backend.adam(
        parameters: x[0], gradients: x[1], firstMoments: x[2], secondMoments: x[3], step,
        count: count)
    }
    // More ranges than a launch takes, of which some touch.
    let decayed = stride(from: 1, to: max(count, 1), by: 5).map {
      $0..<min($0 + ($0 % 3 == 0 ? 5 : 2), count)
    }
    try compare([count, count, count, count, 1], from: 0.1, "Adam with decay of parts") {
      backend, x in
      backend.adam(
        parameters: x[0], gradients: x[1], firstMoments: x[2], secondMoments: x[3], step,
        decayed: decayed, factor: x[4], count: count)
    }
    for nesterov in [false, true] {
      try compare([count, count, count, 1], "momentum") { backend, x in
        backend.momentum(
          parameters: x[0], gradients: x[1], momenta: x[2], learningRate: 0.1, momentum: 0.9,
          gradientScale: 0.5, nesterov: nesterov, factor: x[3], count: count)
      }
    }
    try compare([count, count], "moving average") { backend, x in
      backend.movingAverage(x[0], average: x[1], decay: 0.99, count: count)
    }
    try compare([count, count], "scaled sum") { backend, x in
      backend.addScaled(x[0], scale: 0.3, to: x[1], count: count)
    }
  }

  /// Also of numbers whose squares no float holds.
  @Test(arguments: counts) func sumsOfSquares(count: Int) throws {
    let x = Tensor<Float>(
      randomUniform: [count], low: -1e30, high: 1e30, key: RandomKey(seed: 1, stream: 2),
      on: .reference)
    let expected = x.sumOfSquares
    for device in try EmulatedDevices.all.map({ try $0.get() }) {
      #expect(abs(x.copied(to: device).sumOfSquares - expected) <= expected * 0x1p-40)
    }
  }

  /// Uniform numbers and dropout have the processor's bits, normal numbers nearly so.
  @Test(arguments: counts) func randomNumbers(count: Int) throws {
    let key = RandomKey(seed: 0x1234_5678_9ABC, stream: 8, step: 1 << 40)
    let shape: Shape = [count]
    let uniform = Tensor<Float>(randomUniform: shape, low: -0.3, high: 0.7, key: key, on: .cpu)
    let normal = Tensor<Float>(
      randomNormal: shape, mean: 1, standardDeviation: 0.1, key: key, on: .cpu)
    let dropout = DropoutKey(key, rate: 0.3)
    for device in try EmulatedDevices.all.map({ try $0.get() }) {
      #expect(
        Tensor<Float>(randomUniform: shape, low: -0.3, high: 0.7, key: key, on: device).scalars
          == uniform.scalars)
      let own = Tensor<Float>(
        randomNormal: shape, mean: 1, standardDeviation: 0.1, key: key, on: device)
      #expect(zip(own.scalars, normal.scalars).allSatisfy { abs($0 - $1) <= 4 * 0x1p-24 })
      let x = uniform.copied(to: device)
      #expect(x.dropped(dropout).scalars == uniform.dropped(dropout).scalars)
    }
  }

  /// Queries with and without keys and padding keys, in a tile and beyond it.
  @Test(arguments: [1, 5, 16, 33, 130]) func rowsOfAttention(width: Int) throws {
    let visible = (0..<130).map { query -> [Range<Int>] in
      query % 7 == 3
        ? [] : [query / 3..<query / 2 + 1, query / 2 + 1..<query + 2].dropLast(query % 2)
    }
    let plan = AttentionPlan(
      keyCount: 131, visibleKeys: visible, paddingKeyCounts: (0..<130).map { $0 % 3 * 5 })
    let geometry = AttentionGeometry(
      plan: plan, batch: 2, heads: 2, keyWidth: width, valueWidth: width + 1)
    for row in [0, 3, 64, 129] {
      let sizes = [4 * width, 2 * 131 * 2 * width, 2 * 131 * 2 * (width + 1), 4 * (width + 1)]
      try compare(sizes, roundings: 64 + 8 * Double(width), "row \(row)") { backend, x in
        let counts = backend.attentionCacheCounts(geometry)
        let device = Device(backend)
        let keyCache = Tensor<Float>(repeating: 7, shape: [counts.keys], on: device)
        let valueCache = Tensor<Float>(repeating: 7, shape: [counts.values], on: device)
        backend.cacheAttention(
          keys: x[1], values: x[2], at: 0..<131, keyCache: keyCache.buffer,
          valueCache: valueCache.buffer, geometry)
        backend.attentionRow(
          row, queries: x[0], keyCache: keyCache.buffer, valueCache: valueCache.buffer, x[3],
          geometry)
      }
    }
  }

  /// Sums and their normalization in buffers that begin anywhere, in the kernels of all widths:
  /// dropout keeps the same elements wherever a row begins.
  @Test(arguments: [1, 6, 64, 513, 1026, 2053]) func normalizedSums(width: Int) throws {
    let key = DropoutKey(RandomKey(seed: 2, stream: 9, step: 4), rate: 0.3)
    let (rows, count) = (3, 3 * width)
    for (dropout, hasResidual) in [(key, true), (key, false), (nil, true)] as [(DropoutKey?, Bool)]
    {
      // Numbers of a row are divided by their deviation, of 1/2 at least. Gradients of scale and
      // bias are sums of few terms.
      try compare(
        [count, count, width, width, count, count, 2 * rows, count, count, count, width, width],
        roundings: 64 + 8 * Double(width).squareRoot(), "sum of \(width)"
      ) { backend, x in
        backend.sumLayerNorm(
          x[0], dropout: dropout, residual: hasResidual ? x[1] : nil, sum: x[4], scale: x[2],
          bias: x[3], x[5], statistics: x[6], rows: rows, width: width, epsilon: 0.25)
        backend.layerNormGradient(
          x[4], scale: x[2], statistics: x[6], resultGradient: x[7], x[8], accumulates: true,
          dropout: key, dropped: x[9], scaleGradient: x[10], biasGradient: x[11], rows: rows,
          width: width)
      }
    }
  }

  /// They have the bits of dropout, sum and normalization one after the other: a layer that is
  /// computed again has them apart.
  @Test(arguments: [6, 64, 1026, 1030, 2053]) func normalizedSumsHaveTheBitsOfTheirParts(
    width: Int
  ) throws {
    let key = DropoutKey(RandomKey(seed: 2, stream: 9, step: 4), rate: 0.3)
    let (rows, count) = (3, 3 * width)
    for device in try EmulatedDevices.all.map({ try $0.get() }) {
      func run(_ isFused: Bool) -> [[Float]] {
        let backend = device.backend
        let sizes = [
          count, count, width, width, count, count, 2 * rows, count, count, count, width, width,
        ]
        let tensors = sizes.enumerated().map { index, size in
          Tensor<Float>(
            randomUniform: [size], low: -2, high: 2, key: RandomKey(seed: 3, stream: UInt32(index)),
            on: .reference
          ).copied(to: device)
        }
        let x = tensors.map(\.buffer)
        if isFused {
          backend.sumLayerNorm(
            x[0], dropout: key, residual: x[1], sum: x[4], scale: x[2], bias: x[3], x[5],
            statistics: x[6], rows: rows, width: width, epsilon: 0.25)
          backend.layerNormGradient(
            x[4], scale: x[2], statistics: x[6], resultGradient: x[7], x[8], accumulates: true,
            dropout: key, dropped: x[9], scaleGradient: x[10], biasGradient: x[11], rows: rows,
            width: width)
        } else {
          backend.addDropout(x[0], key, to: x[1], x[4], count: count)
          backend.layerNorm(
            x[4], scale: x[2], bias: x[3], x[5], statistics: x[6], rows: rows, width: width,
            epsilon: 0.25)
          backend.layerNormGradient(
            x[4], scale: x[2], statistics: x[6], resultGradient: x[7], x[8], accumulates: true,
            scaleGradient: x[10], biasGradient: x[11], rows: rows, width: width)
          backend.dropout(x[8], key, x[9], count: count)
        }
        return tensors.map(\.scalars)
      }
      #expect(run(true) == run(false))
    }
  }

  /// A plan is written to the device once.
  @Test func plansAreKept() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending)
    let device = Device(backend)
    func attend(_ plan: AttentionPlan) {
      let x = Tensor<Float>(repeating: 1, shape: [1, 70, 8], on: device)
      let geometry = AttentionGeometry(plan: plan, batch: 1, heads: 2, keyWidth: 4, valueWidth: 4)
      _ = x.attended(keys: x, values: x, geometry, dropout: nil)
    }
    let plan = AttentionPlan(keyCount: 70, visibleKeys: (0..<70).map { [0..<$0 + 1] })
    attend(plan)
    let uploaded = backend.counts.bytes_uploaded
    for _ in 0..<3 { attend(plan) }
    #expect(backend.counts.bytes_uploaded == uploaded)
  }

  /// What gradients are multiplied with, of which the norm is known on the device alone.
  @Test func clippedScales() throws {
    for device in try [.cpu, .reference] + EmulatedDevices.all.map({ try $0.get() }) {
      for (squares, scale, clipNorm, expected) in [
        (16, 1, 0, 1), (16, 1, 8, 1), (16, 1, 1, 0.25), (16, -0.5, 1, -0.25), (0, 2, 1, 2),
      ] as [(Double, Double, Double, Float)] {
        let clipped = Tensor<Float>.clippedScale(
          scale, sumOfSquares: Tensor([squares], shape: []).copied(to: device), clipNorm: clipNorm)
        #expect(clipped.scalar == expected, "\(squares) \(scale) \(clipNorm) on \(device)")
      }
      for squares in [Double.infinity, .nan] {
        let clipped = Tensor<Float>.clippedScale(
          1, sumOfSquares: Tensor([squares], shape: []).copied(to: device), clipNorm: 1)
        #expect(clipped.scalar.isNaN, "\(squares) on \(device)")
      }
    }
  }
}
