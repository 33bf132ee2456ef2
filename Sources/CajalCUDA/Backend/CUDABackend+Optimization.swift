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

  /// What gradients are multiplied with.
  package func clippedScale(
    sumOfSquares: Buffer, scale: Double, clipNorm: Double, _ result: Buffer
  ) {
    launch(
      "cajal_clipped_scale", grid: Grid(1), block: 1, sumOfSquares, scale, clipNorm, result)
  }

  /// One step of Adam or AdamW: one launch, unless decay begins and ends very often.
  package func adam(
    parameters: Buffer, gradients: Buffer, firstMoments: Buffer, secondMoments: Buffer,
    _ step: AdamStep, decayed: [Range<Int>]?, factor: Buffer?, count: Int
  ) {
    let numbers = cajal_cuda_adam(
      step_size: step.stepSize, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
      gradient_scale: step.gradientScale, decay: step.decay)
    let ranges = (step.decay == 0 ? [] : decayed ?? [0..<count]).joiningNeighbors()
    let most = Int(CAJAL_CUDA_DECAY_ENDS) / 2
    var start = 0
    repeat {
      let first = ranges.firstIndex { $0.upperBound > start } ?? ranges.count
      let part = ranges[first...].prefix(most)
      let isLast = first + part.count == ranges.count
      let end = isLast ? count : part.last?.upperBound ?? count
      launch(
        "cajal_adam", grid: grid(for: end - start, perThread: 4), parameters.advanced(by: start),
        gradients.advanced(by: start), firstMoments.advanced(by: start),
        secondMoments.advanced(by: start), numbers, factor,
        cajal_cuda_decayed(part, from: start), end - start)
      start = end
    } while start < count
  }

  /// One step of gradient descent with momentum.
  package func momentum(
    parameters: Buffer, gradients: Buffer, momenta: Buffer, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, factor: Buffer?, count: Int
  ) {
    launch(
      "cajal_momentum", grid: grid(for: count, perThread: 4), parameters, gradients, momenta,
      learningRate, momentum, gradientScale, nesterov, factor, count)
  }

  /// `average += (1 - decay) * (x - average)`
  package func movingAverage(_ x: Buffer, average: Buffer, decay: Float, count: Int) {
    launch(
      "cajal_moving_average", grid: grid(for: count, perThread: 4), x, average, decay, count)
  }
}

extension [Range<Int>] {
  /// The same elements, in ranges that do not touch. They ascend.
  fileprivate func joiningNeighbors() -> [Range<Int>] {
    var result: [Range<Int>] = []
    for range in self where !range.isEmpty {
      if let last = result.last, last.upperBound == range.lowerBound {
        result[result.count - 1] = last.lowerBound..<range.upperBound
      } else {
        result.append(range)
      }
    }
    return result
  }
}

extension cajal_cuda_decayed {
  /// Ranges that ascend and do not touch, counted from `start`.
  fileprivate init(_ ranges: ArraySlice<Range<Int>>, from start: Int) {
    self.init()
    count = Int32(2 * ranges.count)
    unsafe withUnsafeMutableBytes(of: &ends) { bytes in
      let ends = unsafe bytes.assumingMemoryBound(to: Int64.self)
      for (index, range) in ranges.enumerated() {
        unsafe ends[2 * index] = Int64(range.lowerBound - start)
        unsafe ends[2 * index + 1] = Int64(range.upperBound - start)
      }
    }
  }
}
