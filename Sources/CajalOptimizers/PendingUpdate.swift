import CajalTensor

/// An update that a device has been asked for and may not have made yet; see
/// ``OptimizerState/beginUpdate(parameters:gradients:gradientScale:)``.
public struct PendingUpdate: Sendable {
  /// The learning rate of the update.
  public let learningRate: Double
  /// What the gradients were multiplied with before clipping.
  let gradientScale: Double
  /// Of the gradients.
  private let sumOfSquares: PendingScalars<Double>

  init(learningRate: Double, gradientScale: Double, sumOfSquares: Tensor<Double>) {
    self.learningRate = learningRate
    self.gradientScale = gradientScale
    self.sumOfSquares = sumOfSquares.beginReading()
  }

  /// The report. Waits for the gradients' norm, but for no later work of the device.
  public var report: OptimizerReport {
    let norm = gradientScale.magnitude * sumOfSquares.scalar.squareRoot()
    return OptimizerReport(
      learningRate: learningRate, gradientNorm: norm, isApplied: norm.isFinite)
  }
}
