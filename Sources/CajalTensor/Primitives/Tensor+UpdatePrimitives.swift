// Updates of flat parameter buffers, in place.

extension Tensor<Float> {
  /// One step of Adam or AdamW over elements `range` of these parameters; see ``AdamStep``.
  package mutating func updateByAdam(
    _ gradients: Tensor, firstMoments: inout Tensor, secondMoments: inout Tensor, _ step: AdamStep,
    range: Range<Int>
  ) {
    for other in [gradients, firstMoments, secondMoments] {
      requireSameDevice(other)
      other.requirePlace(range.lowerBound, range.count)
    }
    requirePlace(range.lowerBound, range.count)
    makeUnique()
    firstMoments.makeUnique()
    secondMoments.makeUnique()
    let start = range.lowerBound
    withExtendedLifetime(gradients) {
      device.backend.adam(
        parameters: unsafeMutablePointer + start, gradients: gradients.unsafePointer + start,
        firstMoments: firstMoments.unsafeMutablePointer + start,
        secondMoments: secondMoments.unsafeMutablePointer + start, step, count: range.count)
    }
  }

  /// One step of momentum over these parameters; see
  /// ``Backend/momentum(parameters:gradients:momenta:learningRate:momentum:gradientScale:nesterov:count:)``.
  package mutating func updateByMomentum(
    _ gradients: Tensor, momenta: inout Tensor, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool
  ) {
    requireSameForm(gradients)
    requireSameForm(momenta)
    makeUnique()
    momenta.makeUnique()
    withExtendedLifetime(gradients) {
      device.backend.momentum(
        parameters: unsafeMutablePointer, gradients: gradients.unsafePointer,
        momenta: momenta.unsafeMutablePointer, learningRate: learningRate, momentum: momentum,
        gradientScale: gradientScale, nesterov: nesterov, count: count)
    }
  }

  /// `self += (1 - decay) · (x - self)`
  package mutating func moveAverage(toward x: Tensor, decay: Float) {
    requireSameForm(x)
    makeUnique()
    withExtendedLifetime(x) {
      device.backend.movingAverage(
        x.unsafePointer, average: unsafeMutablePointer, decay: decay, count: count)
    }
  }
}
