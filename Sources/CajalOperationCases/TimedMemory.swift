public import CajalTensor

/// A copy on the device, which is as fast as its memory.
public final class TimedCopy {
  private let source, target: Tensor<Float>

  /// A copy of a number of floats.
  public init(count: Int, on device: Device = .cpu) {
    source = timedOperand([count], seed: 1, on: device)
    target = timedOperand([count], seed: 2, on: device)
  }

  /// Copies.
  public func run() {
    let count = source.count
    source.device.backend.copyRows(
      source.buffer, stride: count, to: target.buffer, resultStride: count, rows: 1, width: count)
    source.device.synchronize()
  }
}

/// A step of Adam: it reads four buffers and writes three.
public final class TimedAdam {
  private let gradients: Tensor<Float>
  private var parameters, firstMoments, secondMoments: Tensor<Float>

  /// A step on a number of parameters.
  public init(count: Int, on device: Device = .cpu) {
    gradients = timedOperand([count], seed: 1, on: device)
    parameters = timedOperand([count], seed: 2, on: device)
    firstMoments = .full(0, shape: [count], on: device)
    secondMoments = .full(0, shape: [count], on: device)
  }

  /// Makes the step.
  public func run() {
    parameters.updateByAdam(
      gradients, firstMoments: &firstMoments, secondMoments: &secondMoments,
      AdamStep(stepSize: 1e-4, beta1: 0.9, beta2: 0.98, epsilon: 1e-9))
    parameters.device.synchronize()
  }
}
