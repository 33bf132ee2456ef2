import CCajalCUDA
package import CajalTensor

extension CUDABackend {
  /// Writes the sum of the squares as a Double.
  package func sumOfSquares(_ x: Buffer, _ result: Buffer, count: Int) {
    let blocks = Int(cajal_cuda_sum_of_squares_blocks(Int64(count)))
    let partial = workspace(byteCount: 8 * blocks)
    launch("cajal_sum_of_squares", grid: Grid(blocks), x, partial, count)
    launch("cajal_sum_doubles", grid: Grid(1), partial, result, blocks)
  }

  /// One step of Adam or AdamW.
  package func adam(
    parameters: Buffer, gradients: Buffer, firstMoments: Buffer, secondMoments: Buffer,
    _ step: AdamStep, count: Int
  ) {
    launch(
      "cajal_adam", grid: grid(for: count, perThread: 4), parameters, gradients, firstMoments,
      secondMoments,
      cajal_cuda_adam(
        step_size: step.stepSize, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
        gradient_scale: step.gradientScale, decay: step.decay), count)
  }

  /// One step of gradient descent with momentum.
  package func momentum(
    parameters: Buffer, gradients: Buffer, momenta: Buffer, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, count: Int
  ) {
    launch(
      "cajal_momentum", grid: grid(for: count, perThread: 4), parameters, gradients, momenta,
      learningRate, momentum, gradientScale, nesterov, count)
  }

  /// `average += (1 - decay) * (x - average)`
  package func movingAverage(_ x: Buffer, average: Buffer, decay: Float, count: Int) {
    launch(
      "cajal_moving_average", grid: grid(for: count, perThread: 4), x, average, decay, count)
  }
}
