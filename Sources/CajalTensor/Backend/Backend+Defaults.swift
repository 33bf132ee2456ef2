// What backends do where they say nothing else, and primitives with fewer arguments.

extension Backend {
  package var precision: Precision { .float32 }
  package var peakMemoryBytes: Int? { nil }
  /// As on processors.
  package var gainsFromThreads: Bool { true }

  /// The copy is made when it is asked for, after all work until then.
  package func beginDownload(_ x: Buffer, byteCount: Int) -> any PendingDownload {
    LateDownload(backend: self, buffer: x)
  }

  /// One step of Adam or AdamW that decays all elements.
  package func adam(
    parameters: Buffer, gradients: Buffer, firstMoments: Buffer, secondMoments: Buffer,
    _ step: AdamStep, count: Int
  ) {
    adam(
      parameters: parameters, gradients: gradients, firstMoments: firstMoments,
      secondMoments: secondMoments, step, decayed: nil, factor: nil, count: count)
  }

  /// One step of momentum without a factor on the device.
  package func momentum(
    parameters: Buffer, gradients: Buffer, momenta: Buffer, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, count: Int
  ) {
    self.momentum(
      parameters: parameters, gradients: gradients, momenta: momenta, learningRate: learningRate,
      momentum: momentum, gradientScale: gradientScale, nesterov: nesterov, factor: nil,
      count: count)
  }
}
