import CCajalKernels

extension CPUBackend {
  /// Uniform numbers in [low, high).
  package func randomUniform(
    _ key: RandomKey, low: Float, high: Float, _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    let key = cajal_random_key(key)
    inPieces(of: elementsPerPiece, count) { piece in
      var key = key
      unsafe kernels.pointee.random_uniform(
        &key, low, high, UInt32(truncatingIfNeeded: piece.lowerBound / 4),
        result + piece.lowerBound, piece.count)
    }
  }

  /// Normal numbers, two from each pair of words; computed in Double.
  package func randomNormal(
    _ key: RandomKey, mean: Float, standardDeviation: Float, _ result: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    inPieces(of: elementsPerPiece / 16, count) { piece in
      for i in piece {
        let normal = Philox.normal(key, element: i)
        unsafe result[i] = Float(Double(mean) + Double(standardDeviation) * normal)
      }
    }
  }

  /// `result[i] = keep(i) ? x[i] / (1 - rate) : 0`
  package func dropout(
    _ x: UnsafePointer<Float>, _ key: DropoutKey, _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    let dropout = cajal_dropout(key)
    inPieces(of: elementsPerPiece, count) { piece in
      var dropout = dropout
      unsafe kernels.pointee.dropout(
        x + piece.lowerBound, &dropout, UInt32(truncatingIfNeeded: piece.lowerBound / 4),
        result + piece.lowerBound, piece.count)
    }
  }
}

extension cajal_random_key {
  /// The words of a key in the order of the block function's counter and key.
  init(_ key: RandomKey) {
    self.init(
      seed: (UInt32(truncatingIfNeeded: key.seed), UInt32(truncatingIfNeeded: key.seed >> 32)),
      stream: key.stream,
      step: (UInt32(truncatingIfNeeded: key.step), UInt32(truncatingIfNeeded: key.step >> 32)))
  }
}

extension cajal_dropout {
  /// The sequence, the smallest word that is kept and the factor of what is kept.
  init(_ dropout: DropoutKey) {
    self.init(
      key: cajal_random_key(dropout.key), threshold: dropout.threshold,
      scale: Float(1 / (1 - Double(dropout.rate))))
  }
}
