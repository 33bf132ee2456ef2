import CajalTensor
import Testing

@Suite struct RandomTests {
  /// The known answers that Random123 publishes for philox4x32-10: counter, key, result.
  static let knownAnswers: [([UInt32], [UInt32], [UInt32])] = [
    ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    (
      [.max, .max, .max, .max], [.max, .max],
      [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ]

  @Test(arguments: knownAnswers) func philox(counter: [UInt32], key: [UInt32], result: [UInt32]) {
    let sequence = RandomKey(
      seed: UInt64(key[1]) << 32 | UInt64(key[0]), stream: counter[1],
      step: UInt64(counter[3]) << 32 | UInt64(counter[2]))
    let words = Philox.block(sequence, counter[0])
    #expect((0..<4).map { words[$0] } == result)
    for lane in 0..<4 {
      #expect(Philox.word(sequence, element: Int(counter[0]) * 4 + lane) == result[lane])
    }
  }

  static let key = RandomKey(seed: 0xDEAD_BEEF_1234_5678, stream: 3, step: 1 << 40 | 5)

  @Test(arguments: devices) func uniformNumbers(device: Device) {
    let x = Tensor<Float>(randomUniform: [1 << 16], low: -3, high: 1, key: Self.key, on: device)
    let numbers = x.scalars.map(Double.init)
    #expect(numbers.allSatisfy { $0 >= -3 && $0 < 1 })
    let mean = numbers.reduce(0, +) / 65536
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 65536
    // Five standard deviations of the mean and of the variance of 2¹⁶ uniform numbers, of which one
    // has variance 16 / 12.
    let meanBound: Double = 5 * (16.0 / 12 / 65536).squareRoot()
    let varianceBound: Double = 5 * (256.0 / 180 / 65536).squareRoot()
    let varianceError: Double = abs(variance - 16.0 / 12)
    #expect(abs(mean + 1) < meanBound)
    #expect(varianceError < varianceBound)
    let expected = (0..<1000).map { index in
      -3 + 4 * Double(Philox.word(Self.key, element: index) >> 8) * 0x1p-24
    }
    expectClose(
      x.sliced(0..<1000), expected, shape: [1000], magnitudes: expected.map { abs($0) + 3 })
    #expect(
      x.scalars
        == Tensor<Float>(randomUniform: [256, 256], low: -3, high: 1, key: Self.key)
        .scalars, "the same on every device and for every shape")
  }

  @Test(arguments: devices) func normalNumbers(device: Device) {
    for count in [1, 2, 3, 4, 5, 1 << 16] {
      let x = Tensor<Float>(
        randomNormal: [count], mean: 2, standardDeviation: 0.5, key: Self.key, on: device)
      let expected = (0..<count).map { 2 + 0.5 * Philox.normal(Self.key, element: $0) }
      expectClose(
        x, expected, shape: [count], roundings: 8, magnitudes: expected.map { abs($0) + 2 })
    }
    let standard = (0..<(1 << 16)).map { Philox.normal(Self.key, element: $0) }
    let moments = (1...4).map { power in
      standard.reduce(0) { sum, x in sum + (0..<power).reduce(1) { product, _ in product * x } }
        / 65536
    }
    // The moments of the normal distribution, and five of their standard deviations.
    let expected: [(Double, variance: Double)] = [(0, 1), (1, 2), (0, 15), (3, 96)]
    for (moment, (value, variance)) in zip(moments, expected) {
      #expect(abs(moment - value) < 5 * (variance / 65536).squareRoot())
    }
  }

  @Test func doubles() {
    let x = Tensor<Double>(randomUniform: [4096], low: 1, high: 3, key: Self.key)
    #expect(x.scalars.allSatisfy { $0 >= 1 && $0 < 3 })
    #expect(abs(x.mean().scalar - 2) < 5 * (4.0 / 12 / 4096).squareRoot())
    #expect(Set(x.scalars).count == 4096)
    let normal = Tensor<Double>(randomNormal: [3], mean: 1, standardDeviation: 2, key: Self.key)
    #expect(normal.scalars == (0..<3).map { 1 + 2 * Philox.normal(Self.key, element: $0) })
  }

  @Test func neverReachesTheUpperBound() {
    // 1 - 2⁻²⁴ times 2²⁵ plus 2⁴⁸ rounds to the bound.
    #expect(Philox.uniform(.max, low: 0x1p48, high: 0x1p48 + 0x1p25) < 0x1p48 + 0x1p25)
    #expect(Philox.uniform(.max, low: 0, high: 1) == 1 - 0x1p-24)
    #expect(Philox.uniform(0, low: -1, high: 1) == -1)
  }

  @Test(arguments: devices) func dropout(device: Device) {
    for (count, rate) in [(0, 0.5), (5, 0.5), (1 << 16, 0.1), (17, 0)] as [(Int, Float)] {
      let key = DropoutKey(Self.key, rate: rate)
      let a = numbers(count, seed: 3)
      let x = Tensor<Float>(rounding: a, shape: [count], on: device)
      device.backend.dropout(x.buffer, key, x.buffer, count: count)
      let kept = (0..<count).map { Philox.word(Self.key, element: $0) >= key.threshold }
      expectClose(
        x, zip(a, kept).map { $1 ? $0 / (1 - Double(rate)) : 0 }, shape: [count])
      let share = Double(kept.count { !$0 }) / Double(max(count, 1))
      let standardDeviation = (Double(rate * (1 - rate)) / Double(max(count, 1))).squareRoot()
      #expect(abs(share - Double(rate)) <= 5 * standardDeviation || count == 0)
    }
  }

  @Test func streamsReadTheSequence() {
    var stream = RandomStream(Self.key)
    let words = (0..<9).map { _ in stream.nextWord() }
    #expect(words == (0..<9).map { Philox.word(Self.key, element: $0) })
  }
}
