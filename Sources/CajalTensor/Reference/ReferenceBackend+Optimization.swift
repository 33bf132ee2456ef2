extension ReferenceBackend {
  /// The sum of the squares, in Double.
  package func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
    unsafe dot(x, x, count: count)
  }

  /// One step of Adam or AdamW; see ``AdamStep``.
  package func adam(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    firstMoments: UnsafeMutablePointer<Float>, secondMoments: UnsafeMutablePointer<Float>,
    _ step: AdamStep, count: Int
  ) {
    let (beta1, beta2) = (Double(step.beta1), Double(step.beta2))
    for i in 0..<count {
      let g = unsafe Double(step.gradientScale) * Double(gradients[i])
      let m = unsafe beta1 * Double(firstMoments[i]) + (1 - beta1) * g
      let v = unsafe beta2 * Double(secondMoments[i]) + (1 - beta2) * g * g
      let w = unsafe Double(parameters[i])
      let update = Double(step.stepSize) * m / (v.squareRoot() + Double(step.epsilon))
      unsafe parameters[i] = Float(w - (update + Double(step.decay) * w))
      unsafe firstMoments[i] = Float(m)
      unsafe secondMoments[i] = Float(v)
    }
  }

  /// One step of gradient descent with momentum.
  package func momentum(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    momenta: UnsafeMutablePointer<Float>, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, count: Int
  ) {
    for i in 0..<count {
      let g = unsafe Double(gradientScale) * Double(gradients[i])
      let kept = unsafe Double(momentum) * Double(momenta[i]) + g
      let update = nesterov ? g + Double(momentum) * kept : kept
      unsafe momenta[i] = Float(kept)
      unsafe parameters[i] = unsafe Float(Double(parameters[i]) - Double(learningRate) * update)
    }
  }

  /// `average += (1 - decay) * (x - average)`
  package func movingAverage(
    _ x: UnsafePointer<Float>, average: UnsafeMutablePointer<Float>, decay: Float, count: Int
  ) {
    for i in 0..<count {
      let old = unsafe Double(average[i])
      unsafe average[i] = unsafe Float(old + (1 - Double(decay)) * (Double(x[i]) - old))
    }
  }
}
