extension Image {
  /// The finest level of the Laplacian pyramid of Burt and Adelson (1983), in gray levels: the
  /// picture minus its Gaussian pyramid's second level, enlarged again.
  ///
  /// Both steps filter with [1 4 6 4 1] / 16 along each axis, with the picture mirrored at its
  /// outermost pixels. The values are multiples of 2⁻¹⁴ below 2⁸, so that single precision is
  /// exact.
  ///
  /// - Precondition: the sides are at least 3.
  var finestLaplacianLevel: [Float] {
    let values = pixels.map(Float.init)
    var coarse = filtered(values)
    for y in 0..<height {
      for x in 0..<width {
        // Dropping every other row and column and then filling them with zeros.
        let factor: Float = y % 2 == 0 && x % 2 == 0 ? 4 : 0
        for channel in 0..<channels { coarse[(y * width + x) * channels + channel] *= factor }
      }
    }
    return zip(values, filtered(coarse)).map { $0 - $1 }
  }

  private func filtered(_ values: [Float]) -> [Float] {
    let columns = Self.filtered(values, outer: 1, length: height, inner: width * channels)
    return Self.filtered(columns, outer: height, length: width, inner: channels)
  }

  /// The values `[outer, length, inner]` filtered along the middle axis.
  private static func filtered(
    _ values: [Float], outer: Int, length: Int, inner: Int
  ) -> [Float] {
    let weights: [Float] = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]
    var filtered = [Float](repeating: 0, count: values.count)
    filtered.withUnsafeMutableBufferPointer { result in
      values.withUnsafeBufferPointer { values in
        for line in 0..<outer {
          for position in 0..<length {
            let target = (line * length + position) * inner
            for (tap, weight) in weights.enumerated() {
              let mirrored = abs(position + tap - 2)
              let index = min(mirrored, 2 * (length - 1) - mirrored)
              let source = (line * length + index) * inner
              for offset in 0..<inner {
                result[target + offset] += weight * values[source + offset]
              }
            }
          }
        }
      }
    }
    return filtered
  }
}
