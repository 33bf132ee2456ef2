public import CajalTensor
import Foundation

/// What an update did, for a log.
public struct OptimizerReport: Sendable, Hashable {
  /// The learning rate that was used.
  public let learningRate: Double
  /// The norm of all gradients together before clipping.
  public let gradientNorm: Double
  /// Whether the parameters were updated: not when the norm is infinite or not a number.
  public let isApplied: Bool
}

extension OptimizerState {
  /// Makes one update in place.
  ///
  /// When a gradient is infinite or not a number nothing changes, and the report says so.
  ///
  /// - Parameters:
  ///   - parameters: The flat buffer of all parameters. It is copied first if somebody shares it.
  ///   - gradients: The flat buffer of all gradients.
  ///   - gradientScale: What the gradients are multiplied with before anything else: 1 over the number
  ///     of batches that were accumulated.
  public mutating func update(
    parameters: inout Tensor<Float>, gradients: Tensor<Float>, gradientScale: Double = 1
  ) -> OptimizerReport {
    let count = layout.count
    precondition(
      parameters.count == count && gradients.count == count,
      "\(count) parameters were declared; got \(parameters.count) and \(gradients.count) gradients")
    let (gradients, gradientScale) = penalized(gradients, scale: gradientScale, parameters)
    let rate = optimizer.schedule(step: step)
    let norm = withExtendedLifetime(gradients) {
      gradientScale.magnitude
        * gradients.device.backend.sumOfSquares(gradients.unsafePointer, count: count).squareRoot()
    }
    guard norm.isFinite else {
      return OptimizerReport(learningRate: rate, gradientNorm: norm, isApplied: false)
    }
    let clip = optimizer.clipNorm
    let scale = clip > 0 ? gradientScale * (clip / max(norm, clip)) : gradientScale
    parameters.makeUnique()
    for index in moments.indices { moments[index].makeUnique() }
    apply(to: parameters, gradients, rate: rate, scale: Float(scale))
    advance()
    return OptimizerReport(learningRate: rate, gradientNorm: norm, isApplied: true)
  }

  /// The gradients with that of the L2 penalty added, and what is left to multiply them with.
  private func penalized(
    _ gradients: Tensor<Float>, scale: Double, _ parameters: Tensor<Float>
  ) -> (Tensor<Float>, Double) {
    guard optimizer.l2Penalty > 0 else { return (gradients, scale) }
    let backend = gradients.device.backend
    let count = layout.count
    let sum = Tensor<Float>(uninitialized: [count], on: gradients.device)
    withExtendedLifetime((gradients, parameters, sum)) {
      backend.affine(
        gradients.unsafePointer, scale: Float(scale), offset: 0, sum.unsafeMutablePointer,
        count: count)
      for range in penalizedRanges {
        backend.addScaled(
          parameters.unsafePointer + range.lowerBound, scale: Float(optimizer.l2Penalty),
          to: sum.unsafeMutablePointer + range.lowerBound, count: range.count)
      }
    }
    return (sum, 1)
  }

  /// Runs the rule over buffers that nobody else shares.
  private func apply(
    to parameters: Tensor<Float>, _ gradients: Tensor<Float>, rate: Double, scale: Float
  ) {
    let backend = parameters.device.backend
    withExtendedLifetime((parameters, gradients, moments)) {
      let values = parameters.unsafeMutablePointer
      switch optimizer.rule {
      case .adam(let beta1, let beta2, let epsilon),
        .adamW(let beta1, let beta2, let epsilon, _):
        let time = Double(step) + 1
        let correction = (1 - pow(beta2, time)).squareRoot() / (1 - pow(beta1, time))
        for (range, decay) in decayPieces {
          let start = range.lowerBound
          backend.adam(
            parameters: values + start, gradients: gradients.unsafePointer + start,
            firstMoments: moments[0].unsafeMutablePointer + start,
            secondMoments: moments[1].unsafeMutablePointer + start,
            AdamStep(
              stepSize: Float(rate * correction), beta1: Float(beta1), beta2: Float(beta2),
              epsilon: Float(epsilon), gradientScale: scale, decay: Float(rate * decay)),
            count: range.count)
        }
      case .sgd(let momentum, let nesterov) where momentum > 0:
        backend.momentum(
          parameters: values, gradients: gradients.unsafePointer,
          momenta: moments[0].unsafeMutablePointer, learningRate: Float(rate),
          momentum: Float(momentum), gradientScale: scale, nesterov: nesterov, count: layout.count)
      case .sgd:
        backend.addScaled(
          gradients.unsafePointer, scale: Float(-rate * Double(scale)), to: values,
          count: layout.count)
      }
    }
  }

  /// The whole buffer in pieces that have one weight decay each.
  private var decayPieces: [(range: Range<Int>, decay: Double)] {
    let count = layout.count
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
