import CCajalCUDA
package import CajalTensor

extension CUDABackend {
  /// Uniform numbers in [low, high).
  package func randomUniform(
    _ key: RandomKey, low: Float, high: Float, _ result: Buffer, count: Int
  ) {
    launch(
      "cajal_random_uniform", grid: grid(for: count, perThread: 4), cajal_cuda_random_key(key), low,
      high, high.nextDown, result, count)
  }

  /// Normal numbers.
  package func randomNormal(
    _ key: RandomKey, mean: Float, standardDeviation: Float, _ result: Buffer, count: Int
  ) {
    launch(
      "cajal_random_normal", grid: grid(for: count, perThread: 4), cajal_cuda_random_key(key), mean,
      standardDeviation, result, count)
  }

  /// `result[i] = keep(i) ? x[i] / (1 - rate) : 0`
  package func dropout(_ x: Buffer, _ key: DropoutKey, _ result: Buffer, count: Int) {
    drop(x, key, residual: nil, result, count: count)
  }

  /// `result = residual + dropout(x)`
  package func addDropout(
    _ x: Buffer, _ key: DropoutKey, to residual: Buffer, _ result: Buffer, count: Int
  ) {
    drop(x, key, residual: residual, result, count: count)
  }

  private func drop(
    _ x: Buffer, _ key: DropoutKey, residual: Buffer?, _ result: Buffer, count: Int
  ) {
    launch(
      "cajal_dropout", grid: grid(for: count, perThread: 4), x, cajal_cuda_dropout(key), residual,
      result, count)
  }
}

extension cajal_cuda_random_key {
  /// The words of a key in the order of the block function's counter and key.
  init(_ key: RandomKey) {
    self.init(
      seed: (UInt32(truncatingIfNeeded: key.seed), UInt32(truncatingIfNeeded: key.seed >> 32)),
      stream: key.stream,
      step: (UInt32(truncatingIfNeeded: key.step), UInt32(truncatingIfNeeded: key.step >> 32)))
  }
}

extension cajal_cuda_dropout {
  /// The sequence, the smallest word that is kept and the factor of what is kept.
  init(_ dropout: DropoutKey) {
    self.init(
      key: cajal_cuda_random_key(dropout.key), threshold: dropout.threshold,
      scale: Float(1 / (1 - Double(dropout.rate))))
  }

  /// What keeps everything where there is no dropout.
  init(optional dropout: DropoutKey?) {
    self.init()
    scale = 1
    if let dropout { self.init(dropout) }
  }
}
