// Updates of flat parameter buffers, in place.

import CajalSupport

extension Tensor<Float> {
  /// What gradients are multiplied with: `scale`, less where their norm would exceed a positive
  /// `clipNorm`, and NaN where the norm is not finite; a tensor without axes.
  ///
  /// - Parameter sumOfSquares: That of the gradients; see ``sumOfSquaresTensor()``.
  package static func clippedScale(
    _ scale: Double, sumOfSquares: Tensor<Double>, clipNorm: Double
  ) -> Tensor {
    require(sumOfSquares.count == 1, "a sum of squares is one number, not \(sumOfSquares.shape)")
    let result = Tensor(uninitialized: [], on: sumOfSquares.device)
    result.device.backend.clippedScale(
      sumOfSquares: sumOfSquares.buffer, scale: scale, clipNorm: clipNorm, result.buffer)
    return result
  }

  /// One step of Adam or AdamW over these parameters; see ``Backend/adam``.
  ///
  /// - Parameters:
  ///   - decayed: The elements that decay, in ascending order; all where it is `nil`.
  ///   - factor: What gradients are multiplied with as well, if anything. Where it is NaN, nothing
  ///     is done.
  package mutating func updateByAdam(
    _ gradients: Tensor, firstMoments: inout Tensor, secondMoments: inout Tensor, _ step: AdamStep,
    decayed: [Range<Int>]? = nil, factor: Tensor? = nil
  ) {
    for other in [gradients, firstMoments, secondMoments] { requireSameForm(other) }
    requireIsFactor(factor)
    var end = 0
    for range in decayed ?? [] {
      require(
        range.lowerBound >= end && range.upperBound <= count,
        "ranges of \(count) parameters ascend, unlike \(range) after \(end)")
      end = range.upperBound
    }
    makeUnique()
    firstMoments.makeUnique()
    secondMoments.makeUnique()
    device.backend.adam(
      parameters: buffer, gradients: gradients.buffer, firstMoments: firstMoments.buffer,
      secondMoments: secondMoments.buffer, step, decayed: decayed, factor: factor?.buffer,
      count: count)
  }

  private func requireIsFactor(_ factor: Tensor?) {
    guard let factor else { return }
    requireSameDevice(factor)
    require(factor.count == 1, "a factor is one number, not \(factor.shape)")
  }

  /// One step of momentum over these parameters; see ``Backend/momentum``.
  ///
  /// - Parameter factor: What gradients are multiplied with as well, if anything. Where it is NaN,
  ///   nothing is done.
  package mutating func updateByMomentum(
    _ gradients: Tensor, momenta: inout Tensor, learningRate: Float, momentum: Float,
    nesterov: Bool, factor: Tensor? = nil
  ) {
    requireSameForm(gradients)
    requireSameForm(momenta)
    requireIsFactor(factor)
    makeUnique()
    momenta.makeUnique()
    device.backend.momentum(
      parameters: buffer, gradients: gradients.buffer, momenta: momenta.buffer,
      learningRate: learningRate, momentum: momentum, gradientScale: 1, nesterov: nesterov,
      factor: factor?.buffer, count: count)
  }

  /// `self += (1 - decay) · (x - self)`
  package mutating func moveAverage(toward x: Tensor, decay: Float) {
    requireSameForm(x)
    makeUnique()
    device.backend.movingAverage(x.buffer, average: buffer, decay: decay, count: count)
  }
}
