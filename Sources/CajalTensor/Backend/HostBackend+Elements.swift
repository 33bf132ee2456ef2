// The primitives over buffers, by those over addresses. A buffer keeps its storage until the call
// returns.

extension HostBackend {
  /// `result[i] = operation(x[i])`.
  package func unary(_ operation: UnaryOperation, _ x: Buffer, _ result: Buffer, count: Int) {
    unsafe unary(operation, x.floats, result.mutableFloats, count: count)
  }

  /// `result = operation(left, right)` over a broadcast shape.
  package func binary(
    _ operation: BinaryOperation, _ left: Buffer, _ right: Buffer, _ result: Buffer,
    _ geometry: BroadcastGeometry
  ) {
    unsafe binary(operation, left.floats, right.floats, result.mutableFloats, geometry)
  }

  /// `result[i] = scale * x[i] + offset`.
  package func affine(_ x: Buffer, scale: Float, offset: Float, _ result: Buffer, count: Int) {
    unsafe affine(x.floats, scale: scale, offset: offset, result.mutableFloats, count: count)
  }

  /// `result[i] += scale * x[i]`.
  package func addScaled(_ x: Buffer, scale: Float, to result: Buffer, count: Int) {
    unsafe addScaled(x.floats, scale: scale, to: result.mutableFloats, count: count)
  }

  /// Reduces the middle axis of `[outer, length, inner]`.
  package func reduce(
    _ operation: ReduceOperation, _ x: Buffer, _ result: Buffer, outer: Int, length: Int, inner: Int
  ) {
    unsafe reduce(
      operation, x.floats, result.mutableFloats, outer: outer, length: length, inner: inner)
  }

  /// Writes the elements that `strides` picks to a contiguous `shape`.
  package func stridedCopy(_ x: Buffer, _ result: Buffer, shape: [Int], strides: [Int]) {
    unsafe stridedCopy(x.floats, result.mutableFloats, shape: shape, strides: strides)
  }

  /// Uniform numbers in [low, high).
  package func randomUniform(
    _ key: RandomKey, low: Float, high: Float, _ result: Buffer, count: Int
  ) {
    unsafe randomUniform(key, low: low, high: high, result.mutableFloats, count: count)
  }

  /// Normal numbers.
  package func randomNormal(
    _ key: RandomKey, mean: Float, standardDeviation: Float, _ result: Buffer, count: Int
  ) {
    unsafe randomNormal(
      key, mean: mean, standardDeviation: standardDeviation, result.mutableFloats, count: count)
  }

  /// Inverted dropout.
  package func dropout(_ x: Buffer, _ key: DropoutKey, _ result: Buffer, count: Int) {
    unsafe dropout(x.floats, key, result.mutableFloats, count: count)
  }

  /// The sum of the squares, in Double.
  package func sumOfSquares(_ x: Buffer, _ result: Buffer, count: Int) {
    unsafe result.address(of: Double.self).pointee = unsafe sumOfSquares(x.floats, count: count)
  }

  /// One step of Adam or AdamW.
  package func adam(
    parameters: Buffer, gradients: Buffer, firstMoments: Buffer, secondMoments: Buffer,
    _ step: AdamStep, count: Int
  ) {
    unsafe adam(
      parameters: parameters.mutableFloats, gradients: gradients.floats,
      firstMoments: firstMoments.mutableFloats, secondMoments: secondMoments.mutableFloats, step,
      count: count)
  }

  /// One step of momentum.
  package func momentum(
    parameters: Buffer, gradients: Buffer, momenta: Buffer, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, count: Int
  ) {
    unsafe self.momentum(
      parameters: parameters.mutableFloats, gradients: gradients.floats,
      momenta: momenta.mutableFloats, learningRate: learningRate, momentum: momentum,
      gradientScale: gradientScale, nesterov: nesterov, count: count)
  }

  /// `average += (1 - decay) * (x - average)`.
  package func movingAverage(_ x: Buffer, average: Buffer, decay: Float, count: Int) {
    unsafe movingAverage(x.floats, average: average.mutableFloats, decay: decay, count: count)
  }
}
