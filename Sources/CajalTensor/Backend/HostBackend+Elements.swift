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

  /// What gradients are multiplied with.
  package func clippedScale(
    sumOfSquares: Buffer, scale: Double, clipNorm: Double, _ result: Buffer
  ) {
    let norm = unsafe scale.magnitude * sumOfSquares.address(of: Double.self).pointee.squareRoot()
    let clipped = clipNorm > 0 ? scale * (clipNorm / max(norm, clipNorm)) : scale
    unsafe result.mutableFloats.pointee = norm.isFinite ? Float(clipped) : .nan
  }

  /// One step of Adam or AdamW.
  package func adam(
    parameters: Buffer, gradients: Buffer, firstMoments: Buffer, secondMoments: Buffer,
    _ step: AdamStep, decayed: [Range<Int>]?, factor: Buffer?, count: Int
  ) {
    let factor = unsafe factor?.floats.pointee ?? 1
    guard !factor.isNaN else { return }
    var (step, withoutDecay) = (step, step)
    step.gradientScale *= factor
    withoutDecay.gradientScale = step.gradientScale
    withoutDecay.decay = 0
    var start = 0
    func advance(to end: Int, _ step: AdamStep) {
      guard end > start else { return }
      unsafe adam(
        parameters: parameters.mutableFloats + start, gradients: gradients.floats + start,
        firstMoments: firstMoments.mutableFloats + start,
        secondMoments: secondMoments.mutableFloats + start, step, count: end - start)
      start = end
    }
    for range in step.decay == 0 ? [] : decayed ?? [0..<count] {
      advance(to: range.lowerBound, withoutDecay)
      advance(to: range.upperBound, step)
    }
    advance(to: count, withoutDecay)
  }

  /// One step of momentum.
  package func momentum(
    parameters: Buffer, gradients: Buffer, momenta: Buffer, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, factor: Buffer?, count: Int
  ) {
    let factor = unsafe factor?.floats.pointee ?? 1
    guard !factor.isNaN else { return }
    unsafe self.momentum(
      parameters: parameters.mutableFloats, gradients: gradients.floats,
      momenta: momenta.mutableFloats, learningRate: learningRate, momentum: momentum,
      gradientScale: gradientScale * factor, nesterov: nesterov, count: count)
  }

  /// `average += (1 - decay) * (x - average)`.
  package func movingAverage(_ x: Buffer, average: Buffer, decay: Float, count: Int) {
    unsafe movingAverage(x.floats, average: average.mutableFloats, decay: decay, count: count)
  }
}
