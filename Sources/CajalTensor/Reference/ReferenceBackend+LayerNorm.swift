extension ReferenceBackend {
  /// `(x - mean) / sqrt(variance + epsilon) * scale + bias` of each row.
  package func layerNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>?,
    rows: Int, width: Int, epsilon: Float
  ) {
    for row in 0..<rows {
      let input = unsafe x + row * width
      let mean = (0..<width).reduce(0.0) { unsafe $0 + Double(input[$1]) } / Double(width)
      let variance =
        (0..<width).reduce(0.0) { sum, j in
          let difference = unsafe Double(input[j]) - mean
          return sum + difference * difference
        } / Double(width)
      let factor = 1 / (variance + Double(epsilon)).squareRoot()
      for j in 0..<width {
        let normal = unsafe (Double(input[j]) - mean) * factor
        unsafe result[row * width + j] = unsafe Float(normal * Double(scale[j]) + Double(bias[j]))
      }
      guard let statistics = unsafe statistics else { continue }
      unsafe statistics[2 * row] = Float(mean)
      unsafe statistics[2 * row + 1] = Float(factor)
    }
  }

  /// With n the normalized row and h = g · scale: `dx = factor (h - mean(h) - n mean(h n))`,
  /// `dscale += Σ g n`, `dbias += Σ g`.
  package func layerNormGradient(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, _ xGradient: UnsafeMutablePointer<Float>,
    scaleGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    rows: Int, width: Int
  ) {
    var scaleSums = [Double](repeating: 0, count: width)
    var biasSums = scaleSums
    var normal = scaleSums
    for row in 0..<rows {
      let g = unsafe resultGradient + row * width
      let (mean, factor) = unsafe (Double(statistics[2 * row]), Double(statistics[2 * row + 1]))
      var sum = 0.0
      var sumTimesNormal = 0.0
      for j in 0..<width {
        normal[j] = unsafe (Double(x[row * width + j]) - mean) * factor
        unsafe sum += Double(g[j]) * Double(scale[j])
        unsafe sumTimesNormal += Double(g[j]) * Double(scale[j]) * normal[j]
        unsafe scaleSums[j] += Double(g[j]) * normal[j]
        unsafe biasSums[j] += Double(g[j])
      }
      for j in 0..<width {
        let centred =
          unsafe Double(g[j]) * Double(scale[j]) - (sum + normal[j] * sumTimesNormal)
          / Double(width)
        unsafe xGradient[row * width + j] = Float(factor * centred)
      }
    }
    for j in 0..<width {
      unsafe scaleGradient[j] = unsafe Float(Double(scaleGradient[j]) + scaleSums[j])
      unsafe biasGradient[j] = unsafe Float(Double(biasGradient[j]) + biasSums[j])
    }
  }
}
