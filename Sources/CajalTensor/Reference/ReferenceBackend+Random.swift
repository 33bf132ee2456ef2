extension ReferenceBackend {
  /// Uniform numbers in [low, high).
  package func randomUniform(
    _ key: RandomKey, low: Float, high: Float, _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count {
      unsafe result[i] = Philox.uniform(Philox.word(key, element: i), low: low, high: high)
    }
  }

  /// Normal numbers, two from each pair of words.
  package func randomNormal(
    _ key: RandomKey, mean: Float, standardDeviation: Float, _ result: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    for i in 0..<count {
      let normal = Philox.normal(key, element: i)
      unsafe result[i] = Float(Double(mean) + Double(standardDeviation) * normal)
    }
  }

  /// `result[i] = keep(i) ? x[i] / (1 - rate) : 0`
  package func dropout(
    _ x: UnsafePointer<Float>, _ key: DropoutKey, _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count {
      let keeps = Philox.word(key.key, element: i) >= key.threshold
      unsafe result[i] = unsafe keeps ? Float(Double(x[i]) / (1 - Double(key.rate))) : 0
    }
  }
}
