import CCajalKernels

extension CPUBackend {
  /// The sum of the squares, in Double.
  package func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
    let pieces = (count + elementsPerPiece - 1) / elementsPerPiece
    return unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: pieces) { sums in
      inPieces(of: elementsPerPiece, count) { piece in
        unsafe sums[piece.lowerBound / elementsPerPiece] = unsafe kernels.pointee.sum_of_squares(
          x + piece.lowerBound, piece.count)
      }
      return unsafe sums.reduce(0, +)
    }
  }

  /// One step of Adam or AdamW.
  package func adam(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    firstMoments: UnsafeMutablePointer<Float>, secondMoments: UnsafeMutablePointer<Float>,
    _ step: AdamStep, count: Int
  ) {
    inPieces(of: elementsPerPiece, count) { piece in
      let start = piece.lowerBound
      var step = cajal_adam(
        step_size: step.stepSize, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
        gradient_scale: step.gradientScale, decay: step.decay)
      unsafe kernels.pointee.adam(
        parameters + start, gradients + start, firstMoments + start, secondMoments + start, &step,
        piece.count)
    }
  }

  /// One step of gradient descent with momentum.
  package func momentum(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    momenta: UnsafeMutablePointer<Float>, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, count: Int
  ) {
    inPieces(of: elementsPerPiece, count) { piece in
      let start = piece.lowerBound
      unsafe kernels.pointee.momentum(
        parameters + start, gradients + start, momenta + start, learningRate, momentum,
        gradientScale, nesterov ? 1 : 0, piece.count)
    }
  }

  /// `average += (1 - decay) * (x - average)`
  package func movingAverage(
    _ x: UnsafePointer<Float>, average: UnsafeMutablePointer<Float>, decay: Float, count: Int
  ) {
    inPieces(of: elementsPerPiece, count) { piece in
      unsafe kernels.pointee.moving_average(
        x + piece.lowerBound, average + piece.lowerBound, decay, piece.count)
    }
  }
}
