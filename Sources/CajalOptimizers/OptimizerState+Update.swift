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
    let report = beginUpdate(
      parameters: &parameters, gradients: gradients, gradientScale: gradientScale
    ).report
    if !report.isApplied { step -= 1 }
    return report
  }

  /// Has an update made in place, without waiting for the device: of the gradients' norm, which
  /// clipping needs, the host learns when it asks the update for its report.
  ///
  /// Where a gradient is infinite or not a number, parameters and moments stay as they are, but the
  /// update counts in ``step``. Plain gradient descent, without momentum, waits.
  ///
  /// - Parameters: Those of ``update(parameters:gradients:gradientScale:)``.
  public mutating func beginUpdate(
    parameters: inout Tensor<Float>, gradients: Tensor<Float>, gradientScale: Double = 1
  ) -> PendingUpdate {
    let count = group.count
    require(
      parameters.count == count && gradients.count == count,
      "\(count) parameters were declared; got \(parameters.count) and \(gradients.count) gradients")
    let (gradients, gradientScale) = penalized(gradients, scale: gradientScale, parameters)
    let rate = optimizer.schedule(step: step)
    let sumOfSquares = gradients.sumOfSquaresTensor()
    let update = PendingUpdate(
      learningRate: rate, gradientScale: gradientScale, sumOfSquares: sumOfSquares)
    let scale = Tensor.clippedScale(
      gradientScale, sumOfSquares: sumOfSquares, clipNorm: optimizer.clipNorm)
    apply(to: &parameters, gradients, rate: rate, scale: scale)
    step += 1
    return update
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
    to parameters: inout Tensor<Float>, _ gradients: Tensor<Float>, rate: Double,
    scale: Tensor<Float>
  ) {
    switch optimizer.rule {
    case .adam(let beta1, let beta2, let epsilon),
      .adamW(let beta1, let beta2, let epsilon, _):
      let weightDecay = optimizer.rule.weightDecay
      let time = Double(step) + 1
      let correction = (1 - pow(beta2, time)).squareRoot() / (1 - pow(beta1, time))
      // Moved out of their array, which does not allow writing two of them at once.
      var (first, second) = (moments[0], moments[1])
      moments = []
      parameters.updateByAdam(
        gradients, firstMoments: &first, secondMoments: &second,
        AdamStep(
          stepSize: Float(rate * correction), beta1: Float(beta1), beta2: Float(beta2),
          epsilon: Float(epsilon), decay: Float(rate * weightDecay)),
        decayed: decayedRanges, factor: scale)
      moments = [first, second]
    case .sgd(let momentum, let nesterov) where momentum > 0:
      parameters.updateByMomentum(
        gradients, momenta: &moments[0], learningRate: Float(rate), momentum: Float(momentum),
        nesterov: nesterov, factor: scale)
    case .sgd:
      let scale = scale.scalar
      if !scale.isNaN { parameters.add(gradients, scale: Float(-rate * Double(scale))) }
    }
  }
}

extension Optimizer.Rule {
  /// What AdamW subtracts of each matrix, times the learning rate.
  fileprivate var weightDecay: Double {
    if case .adamW(_, _, _, let decay) = self { decay } else { 0 }
  }
}
