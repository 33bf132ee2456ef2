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
    randomNormal shape: Shape, mean: Float = 0, deviation: Float = 1, key: RandomKey,
    on device: Device = .cpu
  ) {
    require(deviation >= 0, "a deviation is at least 0, not \(deviation)")
    self.init(uninitialized: shape, on: device)
    device.backend.randomNormal(key, mean: mean, deviation: deviation, buffer, count: shape.count)
  }
}
