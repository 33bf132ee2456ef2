import CajalSupport

extension Tensor<Float> {
  /// Uniform random numbers in [low, high): elements `0 ..< shape.count` of the sequence `key`.
  public init(
    randomUniform shape: Shape, low: Float = 0, high: Float = 1, key: RandomKey,
    on device: Device = .cpu
  ) {
    require(low < high, "there is no number in [\(low), \(high))")
    self.init(uninitialized: shape, on: device)
    device.backend.randomUniform(key, low: low, high: high, buffer, count: shape.count)
  }

  /// Uniform random numbers in [0, 1): elements from `start` on of the sequence `key`, on the host.
  package init(randomUniform shape: Shape, startingAt start: Int, key: RandomKey) {
    require(start >= 0, "a sequence begins at element 0, not \(start)")
    var numbers: [Float] = []
    numbers.reserveCapacity(shape.count + 7)
    let skipped = start % 4
    while numbers.count < skipped + shape.count {
      let words = Philox.block(key, UInt32(truncatingIfNeeded: (start + numbers.count) / 4))
      for lane in 0..<4 { numbers.append(Philox.uniform(words[lane])) }
    }
    self.init(Array(numbers[skipped..<(skipped + shape.count)]), shape: shape)
  }

  /// Normal random numbers: elements `0 ..< shape.count` of the sequence `key`.
  public init(
    randomNormal shape: Shape, mean: Float = 0, standardDeviation: Float = 1, key: RandomKey,
    on device: Device = .cpu
  ) {
    require(standardDeviation >= 0, "a standard deviation is at least 0, not \(standardDeviation)")
    self.init(uninitialized: shape, on: device)
    device.backend.randomNormal(
      key, mean: mean, standardDeviation: standardDeviation, buffer, count: shape.count)
  }
}

extension Tensor<Int32> {
  /// Random integers in `0 ..< bound` from elements `0 ..< shape.count` of the sequence `key`, such
  /// as pixels of a batch. Their probabilities differ by at most `bound / 2³²` of themselves.
  ///
  /// - Precondition: `bound` is 1 to 2³¹ - 1.
  public init(
    randomBelow bound: Int, shape: Shape, key: RandomKey, on device: Device = .cpu
  ) {
    require(
      (1...Int(Int32.max)).contains(bound), "random integers are below 1 to 2³¹ - 1, not \(bound)")
    var numbers: [Int32] = []
    numbers.reserveCapacity(shape.count + 3)
    while numbers.count < shape.count {
      let words = Philox.block(key, UInt32(truncatingIfNeeded: numbers.count / 4))
      for lane in 0..<4 { numbers.append(Int32((UInt64(words[lane]) * UInt64(bound)) >> 32)) }
    }
    self.init(Array(numbers.prefix(shape.count)), shape: shape, on: device)
  }
}
