import Foundation

extension ReferenceBackend {
  /// The likelihood of a mixture of discretized logistics, and its gradient.
  package func logisticMixture(
    parameters: UnsafePointer<Float>, values: UnsafePointer<Int32>,
    locations: UnsafePointer<Float>, _ losses: UnsafeMutablePointer<Float>,
    gradient: UnsafeMutablePointer<Float>?, rows: Int, _ geometry: LogisticMixtureGeometry
  ) {
    let (width, channels) = (geometry.width, geometry.channels)
    for row in 0..<rows {
      let numbers = (0..<width).map { unsafe Double(parameters[row * width + $0]) }
      let rowValues = (0..<channels).map { unsafe Int(values[row * channels + $0]) }
      let residuals = (0..<channels).map {
        unsafe (Double(rowValues[$0]) - Double(locations[row * channels + $0]))
          / Double(geometry.unit)
      }
      let (loss, slopes) = geometry.loss(numbers, values: rowValues, residuals: residuals)
      unsafe losses[row] = Float(loss)
      guard let gradient = unsafe gradient else { continue }
      for i in 0..<width { unsafe gradient[row * width + i] = Float(slopes[i]) }
    }
  }
}

extension LogisticMixtureGeometry {
  /// The negative log-likelihood of a pixel and its gradient.
  fileprivate func loss(
    _ p: [Double], values: [Int], residuals: [Double]
  ) -> (loss: Double, gradient: [Double]) {
    var gradient = [Double](repeating: 0, count: width)
    let priors = (0..<components).map { p[logits.first + $0 * logits.step] }
    let joints = (0..<components).map { k in
      priors[k]
        + (0..<channels).reduce(0) { sum, c in
          sum + logProbability(p, k, c, values[c], residuals, &gradient)
        }
    }
    let (priorSum, jointSum) = (logSumExp(priors), logSumExp(joints))
    for k in 0..<components {
      let posterior = exp(joints[k] - jointSum)
      gradient[logits.first + k * logits.step] = exp(priors[k] - priorSum) - posterior
      for (place, count) in [(means, channels), (scales, channels), (slopes, coefficients)] {
        for i in 0..<count { gradient[place.first + k * place.step + i] *= -posterior }
      }
    }
    return (priorSum - jointSum, gradient)
  }

  /// The log-probability of channel c's value under component k; its derivatives by the parameters
  /// are written to `gradient`.
  private func logProbability(
    _ p: [Double], _ k: Int, _ c: Int, _ value: Int, _ residuals: [Double],
    _ gradient: inout [Double]
  ) -> Double {
    let mean = means.first + k * means.step + c
    let scale = scales.first + k * scales.step + c
    let slope = slopes.first + k * slopes.step + c * (c - 1) / 2
    let center = (0..<c).reduce(p[mean]) { $0 + tanh(p[slope + $1]) * residuals[$1] }
    let range = Double(logScales.lowerBound)...Double(logScales.upperBound)
    let logScale = min(max(p[scale], range.lowerBound), range.upperBound)
    let bin = logProbability(
      distance: residuals[c] - center, logScale: logScale, isFirst: value == 0,
      isLast: value == levels - 1)
    gradient[mean] = -bin.byDistance
    gradient[scale] = range.contains(p[scale]) ? bin.byLogScale : 0
    for j in 0..<c {
      let coefficient = tanh(p[slope + j])
      gradient[slope + j] = -bin.byDistance * residuals[j] * (1 - coefficient * coefficient)
    }
    return bin.logarithm
  }

  /// The log-probability of a bin and its derivatives by the distance of its center from the mean
  /// and by the logarithm of the scale.
  private func logProbability(
    distance: Double, logScale: Double, isFirst: Bool, isLast: Bool
  ) -> (logarithm: Double, byDistance: Double, byLogScale: Double) {
    let (inverse, half) = (exp(-logScale), 0.5 / Double(unit))
    let (upper, lower) = ((distance + half) * inverse, (distance - half) * inverse)
    let width = 2 * half * inverse
    let (above, below) = (1 / (1 + exp(upper)), 1 / (1 + exp(-lower)))
    if isFirst { return (-softplus(-upper), inverse * above, -above * upper) }
    if isLast { return (-softplus(lower), -inverse * below, below * lower) }
    let exact = log(-expm1(-width)) - softplus(-upper) - softplus(lower)
    if bins == .exact || exact > log(1e-5) {
      return (
        exact, inverse * (above - below), below * lower - above * upper - width / expm1(width)
      )
    }
    let x = distance * inverse
    let slope = -tanh(x / 2)
    return (
      x - 2 * softplus(x) - logScale - log(Double(unit)), inverse * slope, -1 - x * slope
    )
  }

  private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  private func logSumExp(_ x: [Double]) -> Double {
    let largest = x.max() ?? 0
    return largest + log(x.reduce(0) { $0 + exp($1 - largest) })
  }
}
