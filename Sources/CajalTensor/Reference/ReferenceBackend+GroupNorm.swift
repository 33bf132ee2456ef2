extension ReferenceBackend {
  /// Group normalization of each picture.
  package func groupNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>,
    _ geometry: GroupNormGeometry, epsilon: Float
  ) {
    let count = Double(geometry.positions * geometry.groupChannels)
    geometry.forEachGroup { group, elements in
      let mean = elements.reduce(0) { unsafe $0 + Double(x[$1.index]) } / count
      let variance =
        elements.reduce(0) { sum, element in
          let difference = unsafe Double(x[element.index]) - mean
          return sum + difference * difference
        } / count
      let factor = 1 / (variance + Double(epsilon)).squareRoot()
      for (index, channel) in elements {
        let normal = unsafe (Double(x[index]) - mean) * factor
        unsafe result[index] = unsafe Float(normal * Double(scale[channel]) + Double(bias[channel]))
      }
      unsafe statistics[2 * group] = Float(mean)
      unsafe statistics[2 * group + 1] = Float(factor)
    }
  }

  /// With n the normalized value and h = g · scale: `dx = factor (h - mean(h) - n mean(h n))`,
  /// `dscale += Σ g n`, `dbias += Σ g`.
  package func groupNormGradient(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, _ xGradient: UnsafeMutablePointer<Float>,
    scaleGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    _ geometry: GroupNormGeometry
  ) {
    let count = Double(geometry.positions * geometry.groupChannels)
    var scaleSums = [Double](repeating: 0, count: geometry.channels)
    var biasSums = scaleSums
    geometry.forEachGroup { group, elements in
      let (mean, factor) = unsafe (Double(statistics[2 * group]), Double(statistics[2 * group + 1]))
      var (sum, sumTimesNormal) = (0.0, 0.0)
      for (index, channel) in elements {
        let gradient = unsafe Double(resultGradient[index])
        let normal = unsafe (Double(x[index]) - mean) * factor
        unsafe sum += gradient * Double(scale[channel])
        unsafe sumTimesNormal += gradient * Double(scale[channel]) * normal
        scaleSums[channel] += gradient * normal
        biasSums[channel] += gradient
      }
      for (index, channel) in elements {
        let normal = unsafe (Double(x[index]) - mean) * factor
        let scaled = unsafe Double(resultGradient[index]) * Double(scale[channel])
        unsafe xGradient[index] = Float(factor * (scaled - (sum + normal * sumTimesNormal) / count))
      }
    }
    for channel in 0..<geometry.channels {
      unsafe scaleGradient[channel] = unsafe Float(
        Double(scaleGradient[channel]) + scaleSums[channel])
      unsafe biasGradient[channel] = unsafe Float(Double(biasGradient[channel]) + biasSums[channel])
    }
  }
}

extension GroupNormGeometry {
  /// Channels of a group.
  fileprivate var groupChannels: Int { channels / groups }

  /// Visits the groups of all pictures with their elements and the channel of each.
  fileprivate func forEachGroup(
    _ body: (_ group: Int, _ elements: [(index: Int, channel: Int)]) -> Void
  ) {
    for group in 0..<images * groups {
      let (image, part) = group.quotientAndRemainder(dividingBy: groups)
      let channelRange = (part * groupChannels)..<((part + 1) * groupChannels)
      body(
        group,
        (0..<positions).flatMap { position in
          channelRange.map { ((image * positions + position) * channels + $0, $0) }
        })
    }
  }
}
