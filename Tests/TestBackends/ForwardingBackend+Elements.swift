package import CajalTensor

extension ForwardingBackend {
  /// Hands it on.
  package func unary(_ operation: UnaryOperation, _ x: Buffer, _ result: Buffer, count: Int) {
    submit { [x = own(x), result = own(result)] base in
      base.unary(operation, x, result, count: count)
    }
  }

  /// Hands it on.
  package func binary(
    _ operation: BinaryOperation, _ left: Buffer, _ right: Buffer, _ result: Buffer,
    _ geometry: BroadcastGeometry
  ) {
    submit { [left = own(left), right = own(right), result = own(result)] base in
      base.binary(operation, left, right, result, geometry)
    }
  }

  /// Hands it on.
  package func affine(_ x: Buffer, scale: Float, offset: Float, _ result: Buffer, count: Int) {
    submit { [x = own(x), result = own(result)] base in
      base.affine(x, scale: scale, offset: offset, result, count: count)
    }
  }

  /// Hands it on.
  package func addScaled(_ x: Buffer, scale: Float, to result: Buffer, count: Int) {
    submit { [x = own(x), result = own(result)] base in
      base.addScaled(x, scale: scale, to: result, count: count)
    }
  }

  /// Hands it on.
  package func reduce(
    _ operation: ReduceOperation, _ x: Buffer, _ result: Buffer, outer: Int, length: Int, inner: Int
  ) {
    submit { [x = own(x), result = own(result)] base in
      base.reduce(operation, x, result, outer: outer, length: length, inner: inner)
    }
  }

  /// Hands it on.
  package func stridedCopy(_ x: Buffer, _ result: Buffer, shape: [Int], strides: [Int]) {
    submit { [x = own(x), result = own(result)] base in
      base.stridedCopy(x, result, shape: shape, strides: strides)
    }
  }

  /// Hands it on.
  package func randomUniform(
    _ key: RandomKey, low: Float, high: Float, _ result: Buffer, count: Int
  ) {
    submit { [result = own(result)] base in
      base.randomUniform(key, low: low, high: high, result, count: count)
    }
  }

  /// Hands it on.
  package func randomNormal(
    _ key: RandomKey, mean: Float, standardDeviation: Float, _ result: Buffer, count: Int
  ) {
    submit { [result = own(result)] base in
      base.randomNormal(key, mean: mean, standardDeviation: standardDeviation, result, count: count)
    }
  }

  /// Hands it on.
  package func dropout(_ x: Buffer, _ key: DropoutKey, _ result: Buffer, count: Int) {
    submit { [x = own(x), result = own(result)] base in
      base.dropout(x, key, result, count: count)
    }
  }

  /// Hands it on.
  package func sumOfSquares(_ x: Buffer, _ result: Buffer, count: Int) {
    submit { [x = own(x), result = own(result)] base in
      base.sumOfSquares(x, result, count: count)
    }
  }

  /// Hands it on.
  package func clippedScale(
    sumOfSquares: Buffer, scale: Double, clipNorm: Double, _ result: Buffer
  ) {
    submit { [sumOfSquares = own(sumOfSquares), result = own(result)] base in
      base.clippedScale(sumOfSquares: sumOfSquares, scale: scale, clipNorm: clipNorm, result)
    }
  }

  /// Hands it on.
  package func adam(
    parameters: Buffer, gradients: Buffer, firstMoments: Buffer, secondMoments: Buffer,
    _ step: AdamStep, decayed: [Range<Int>]?, factor: Buffer?, count: Int
  ) {
    submit {
      [
        parameters = own(parameters), gradients = own(gradients), firstMoments = own(firstMoments),
        secondMoments = own(secondMoments), factor = factor.map(own)
      ] base in
      base.adam(
        parameters: parameters, gradients: gradients, firstMoments: firstMoments,
        secondMoments: secondMoments, step, decayed: decayed, factor: factor, count: count)
    }
  }

  /// Hands it on.
  package func momentum(
    parameters: Buffer, gradients: Buffer, momenta: Buffer, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, factor: Buffer?, count: Int
  ) {
    submit {
      [
        parameters = own(parameters), gradients = own(gradients), momenta = own(momenta),
        factor = factor.map(own)
      ] base in
      base.momentum(
        parameters: parameters, gradients: gradients, momenta: momenta, learningRate: learningRate,
        momentum: momentum, gradientScale: gradientScale, nesterov: nesterov, factor: factor,
        count: count)
    }
  }

  /// Hands it on.
  package func movingAverage(_ x: Buffer, average: Buffer, decay: Float, count: Int) {
    submit { [x = own(x), average = own(average)] base in
      base.movingAverage(x, average: average, decay: decay, count: count)
    }
  }
}
