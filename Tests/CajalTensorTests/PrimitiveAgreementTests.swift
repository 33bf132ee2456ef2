import Testing

@testable import CajalTensor

/// The primitives that no differentiable operation leads to, on every instruction set against the
/// reference.
@Suite struct PrimitiveAgreementTests {
  static let backends: [CPUBackend] =
    InstructionSet.available.compactMap { CPUBackend($0) }
    + [CPUBackend.wideForTests()].compactMap { $0 }
  static let counts = extents + [15, 16, 31, 33, 1003]

  /// Enough elements to be cut into pieces.
  static let many = 70_001

  /// Runs `body` on buffers of the same random numbers on both backends and compares what it
  /// leaves.
  private func compare(
    _ backend: CPUBackend, _ sizes: [Int], from low: Float = -2, to high: Float = 2,
    roundings: Double = 8, _ comment: String,
    _ body: (any Backend, [Buffer]) -> Void
  ) {
    func run(_ device: Device) -> [Tensor<Float>] {
      let buffers = sizes.enumerated().map { index, size in
        Tensor<Float>(
          rounding: numbers(size, seed: UInt64(index), from: low, to: high), shape: [size],
          on: device)
      }
      body(device.backend, buffers.map(\.buffer))
      return buffers
    }
    for (actual, expected) in zip(run(Device(backend)), run(.reference)) {
      let values = expected.scalars.map(Double.init)
      expectClose(
        actual, values, shape: expected.shape, roundings: roundings,
        magnitudes: values.map { abs($0) + 2 }, "\(comment) on \(backend.name)")
    }
  }

  @Test(arguments: backends) func optimizerSteps(backend: CPUBackend) {
    for count in Self.counts + [Self.many] {
      for decay in [0, 0.01] as [Float] {
        let step = AdamStep(
          stepSize: 0.01, beta1: 0.9, beta2: 0.98, epsilon: 1e-3, gradientScale: 0.5, decay: decay)
        compare(backend, [count, count, count, count], from: 0.1, "Adam of \(count)") {
          backend, x in
          backend.adam(
            parameters: x[0], gradients: x[1], firstMoments: x[2], secondMoments: x[3], step,
            count: count)
        }
      }
      for nesterov in [false, true] {
        compare(backend, [count, count, count], "momentum of \(count)") { backend, x in
          backend.momentum(
            parameters: x[0], gradients: x[1], momenta: x[2], learningRate: 0.1, momentum: 0.9,
            gradientScale: 0.5, nesterov: nesterov, count: count)
        }
      }
      compare(backend, [count, count], "moving average of \(count)") { backend, x in
        backend.movingAverage(x[0], average: x[1], decay: 0.99, count: count)
      }
      compare(backend, [count, count], "scaled sum of \(count)") { backend, x in
        backend.addScaled(x[0], scale: 0.3, to: x[1], count: count)
      }
      compare(backend, [count], "fill of \(count)") { backend, x in
        backend.fill(x[0], with: 3, count: count)
      }
      compare(backend, [count, count], "copy of \(count)") { backend, x in
        backend.copy(x[0], to: x[1], count: count)
      }
    }
  }

  @Test(arguments: backends) func sumsOfSquares(backend: CPUBackend) {
    for count in Self.counts + [Self.many] {
      let x = Tensor<Float>(rounding: numbers(count, seed: 1), shape: [count], on: .reference)
      let sum = x.copied(to: Device(backend)).sumOfSquares
      let expected = x.sumOfSquares
      // Squares are rounded to Float at worst; their sum is in Double.
      #expect(abs(sum - expected) <= expected * 0x1p-23, "\(count) on \(backend.name)")
    }
  }

  @Test(arguments: backends) func randomNumbersHaveTheSameBits(backend: CPUBackend) {
    let key = RandomKey(seed: 9, stream: 8, step: 7)
    let device = Device(backend)
    for count in Self.counts + [Self.many] {
      let shape: Shape = [count]
      #expect(
        Tensor(randomUniform: shape, low: -0.3, high: 0.7, key: key, on: device)
          == Tensor(randomUniform: shape, low: -0.3, high: 0.7, key: key, on: .reference))
      #expect(
        Tensor(randomNormal: shape, mean: 1, standardDeviation: 0.1, key: key, on: device)
          == Tensor(randomNormal: shape, mean: 1, standardDeviation: 0.1, key: key, on: .reference))
      compare(backend, [count], "dropout of \(count)") { backend, x in
        backend.dropout(x[0], DropoutKey(key, rate: 0.3), x[0], count: count)
      }
    }
  }

  @Test(arguments: backends) func rowsOfAttention(backend: CPUBackend) {
    let visible = (0..<130).map { query -> [Range<Int>] in
      query % 7 == 3
        ? [] : [query / 3..<query / 2 + 1, query / 2 + 1..<query + 2].dropLast(query % 2)
    }
    let plan = AttentionPlan(
      keyCount: 131, visibleKeys: visible, paddingKeyCounts: (0..<130).map { $0 % 3 * 5 })
    for width in [1, 3, 5, 16, 33, 64] {
      let geometry = AttentionGeometry(
        plan: plan, batch: 2, heads: 2, keyWidth: width, valueWidth: width + 1)
      for row in [0, 3, 64, 129] {
        let sizes = [
          4 * width, 2 * 131 * 2 * width, 2 * 131 * 2 * (width + 1), 4 * (width + 1),
        ]
        compare(backend, sizes, roundings: 64 + 8 * Double(width), "row \(row)") { backend, x in
          let counts = backend.attentionCacheCounts(geometry)
          let keyCache = Tensor<Float>(repeating: 7, shape: [counts.keys], on: Device(backend))
          let valueCache = Tensor<Float>(repeating: 7, shape: [counts.values], on: Device(backend))
          backend.cacheAttention(
            keys: x[1], values: x[2], at: 0..<131, keyCache: keyCache.buffer,
            valueCache: valueCache.buffer, geometry)
          backend.attentionRow(
            row, queries: x[0], keyCache: keyCache.buffer, valueCache: valueCache.buffer, x[3],
            geometry)
        }
      }
    }
  }

  /// What the tensor operations reach as well, in place.
  @Test(arguments: backends) func inPlace(backend: CPUBackend) {
    for count in Self.counts {
      for operation in UnaryOperation.allCases {
        compare(backend, [count], from: 0.1, "\(operation) of \(count)") { backend, x in
          backend.unary(operation, x[0], x[0], count: count)
        }
      }
      guard let geometry = BroadcastGeometry([count], [count]) else { continue }
      for operation in BinaryOperation.allCases {
        compare(backend, [count, count], from: 0.1, "\(operation) of \(count)") { backend, x in
          backend.binary(operation, x[0], x[1], x[1], geometry)
        }
      }
      compare(backend, [count], "softmax of \(count)") { backend, x in
        backend.softmax(x[0], x[0], rows: 1, width: count, logarithm: true)
      }
    }
  }
}
