import CajalSupport
import CajalAutodiff
public import CajalTensor
import Foundation

extension OptimizerState {
  /// Makes one update in place.
  ///
  /// When a gradient is infinite or not a number nothing changes, and the report says so.
  ///
  /// - Parameters:
  ///   - parameters: The flat buffer of the group's parameters. It is copied first if it is not
  ///     uniquely referenced.
  ///   - gradients: The flat buffer of their gradients.
  ///   - gradientScale: The factor applied to the gradients first: 1 over the number of accumulated
  ///     batches.
  public mutating func update(
    parameters: inout Tensor<Float>, gradients: Tensor<Float>, gradientScale: Double = 1
  ) -> OptimizerReport {
    let count = group.count
    require(
      parameters.count == count && gradients.count == count,
      "\(count) parameters were declared; got \(parameters.count) and \(gradients.count) gradients")
    let (gradients, gradientScale) = penalized(gradients, scale: gradientScale, parameters)
    let rate = optimizer.schedule(step: step)
    let norm = gradientScale.magnitude * gradients.sumOfSquares.squareRoot()
    guard norm.isFinite else {
      return OptimizerReport(learningRate: rate, gradientNorm: norm, isApplied: false)
    }
    let clip = optimizer.clipNorm
    let scale = clip > 0 ? gradientScale * (clip / max(norm, clip)) : gradientScale
    apply(to: &parameters, gradients, rate: rate, scale: Float(scale))
    advance()
    return OptimizerReport(learningRate: rate, gradientNorm: norm, isApplied: true)
  }

  /// The gradients with that of the L2 penalty added, and the remaining factor.
  private func penalized(
    _ gradients: Tensor<Float>, scale: Double, _ parameters: Tensor<Float>
  ) -> (Tensor<Float>, Double) {
    guard optimizer.l2Penalty > 0 else { return (gradients, scale) }
    var sum = gradients.scaled(by: Float(scale))
    for range in penalizedRanges {
      sum.add(
        parameters.flatSlice(from: range.lowerBound, shape: [range.count]),
        scale: Float(optimizer.l2Penalty), at: range.lowerBound)
    }
    return (sum, 1)
  }

  /// Runs the rule over the buffers.
  private mutating func apply(
    to parameters: inout Tensor<Float>, _ gradients: Tensor<Float>, rate: Double, scale: Float
  ) {
    switch optimizer.rule {
    case .adam(let beta1, let beta2, let epsilon),
      .adamW(let beta1, let beta2, let epsilon, _):
      let time = Double(step) + 1
      let correction = (1 - pow(beta2, time)).squareRoot() / (1 - pow(beta1, time))
      // Moved out of their array, which does not allow writing two of them at once.
      var (first, second) = (moments[0], moments[1])
      moments = []
      for (range, decay) in decayPieces {
        parameters.updateByAdam(
          gradients, firstMoments: &first, secondMoments: &second,
          AdamStep(
            stepSize: Float(rate * correction), beta1: Float(beta1), beta2: Float(beta2),
            epsilon: Float(epsilon), gradientScale: scale, decay: Float(rate * decay)),
          range: range)
      }
      moments = [first, second]
    case .sgd(let momentum, let nesterov) where momentum > 0:
      parameters.updateByMomentum(
        gradients, momenta: &moments[0], learningRate: Float(rate), momentum: Float(momentum),
        gradientScale: scale, nesterov: nesterov)
    case .sgd:
      parameters.add(gradients, scale: Float(-rate * Double(scale)))
    }
  }

  /// The buffer as ranges of equal weight decay.
  private var decayPieces: [(range: Range<Int>, decay: Double)] {
    let count = group.count
    guard case .adamW(_, _, _, let decay) = optimizer.rule, decay > 0 else {
      return count > 0 ? [(0..<count, 0)] : []
    }
    var pieces: [(range: Range<Int>, decay: Double)] = []
    var end = 0
    for range in decayedRanges {
      if end < range.lowerBound { pieces.append((end..<range.lowerBound, 0)) }
      pieces.append((range, decay))
      end = range.upperBound
    }
    if end < count { pieces.append((end..<count, 0)) }
    return pieces
  }
}
