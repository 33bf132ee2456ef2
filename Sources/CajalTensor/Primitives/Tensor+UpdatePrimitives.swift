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
    device.backend.adam(
      parameters: buffer.advanced(by: start), gradients: gradients.buffer.advanced(by: start),
      firstMoments: firstMoments.buffer.advanced(by: start),
      secondMoments: secondMoments.buffer.advanced(by: start), step, count: range.count)
  }

  /// One step of momentum over these parameters; see
  /// `Backend.momentum`.
  package mutating func updateByMomentum(
    _ gradients: Tensor, momenta: inout Tensor, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool
  ) {
    requireSameForm(gradients)
    requireSameForm(momenta)
    makeUnique()
    momenta.makeUnique()
    device.backend.momentum(
      parameters: buffer, gradients: gradients.buffer, momenta: momenta.buffer,
      learningRate: learningRate, momentum: momentum, gradientScale: gradientScale,
      nesterov: nesterov, count: count)
  }

  /// `self += (1 - decay) · (x - self)`
  package mutating func moveAverage(toward x: Tensor, decay: Float) {
    requireSameForm(x)
    makeUnique()
    device.backend.movingAverage(x.buffer, average: buffer, decay: decay, count: count)
  }
}
