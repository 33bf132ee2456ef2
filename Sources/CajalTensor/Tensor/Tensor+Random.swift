import CajalSupport

extension Tensor<Double> {
  /// Uniform random numbers in [low, high) with 53 random bits, two words of the sequence `key`
  /// each.
  public init(
    randomUniform shape: Shape, low: Double = 0, high: Double = 1, key: RandomKey,
    on device: Device = .cpu
  ) {
    require(low < high, "there is no number in [\(low), \(high))")
    let numbers = (0..<shape.count).map { index in
      let upper = UInt64(Philox.word(key, element: 2 * index))
      let lower = UInt64(Philox.word(key, element: 2 * index + 1))
      let uniform = Double((upper << 32 | lower) >> 11) * 0x1p-53
      return Swift.min(low + (high - low) * uniform, high.nextDown)
    }
    self.init(numbers, shape: shape, on: device)
  }

  /// Normal random numbers: elements `0 ..< shape.count` of the sequence `key`.
  public init(
    randomNormal shape: Shape, mean: Double = 0, standardDeviation: Double = 1, key: RandomKey,
    on device: Device = .cpu
  ) {
    require(standardDeviation >= 0, "a standard deviation is at least 0, not \(standardDeviation)")
    let numbers = (0..<shape.count).map { index in
      mean + standardDeviation * Philox.normal(key, element: index)
    }
    self.init(numbers, shape: shape, on: device)
  }
}
