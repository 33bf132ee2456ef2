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
