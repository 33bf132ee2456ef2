import CajalTensor
import Foundation

/// The mixture of one pixel on the host, channel after channel: the components' weights given the
/// channels before, and the logistic distribution of the channel under each.
///
/// Its arrays are reused from pixel to pixel.
struct PixelMixture {
  let geometry: LogisticMixtureGeometry
  /// The components' weights up to a factor, and the logarithms of those; the largest is 1.
  private(set) var weights: [Double]
  private var logWeights: [Double]
  /// The means and scales of the channel, in steps between values.
  private(set) var centers: [Double]
  private(set) var scales: [Double]
  /// The values chosen for the channels before, relative to their locations, in units.
  private var residuals: [Double]
  /// For a walk through the values: each component's cumulative probability below the next value,
  /// its odds `(1 - p) / p`, 0 before they are known, and what a step multiplies those with.
  var below: [Double], odds: [Double], ratios: [Double]

  init(_ geometry: LogisticMixtureGeometry) {
    self.geometry = geometry
    let zeros = [Double](repeating: 0, count: geometry.components)
    (weights, logWeights, centers, scales) = (zeros, zeros, zeros, zeros)
    (below, odds, ratios) = (zeros, zeros, zeros)
    residuals = [0, 0, 0]
  }

  private var unit: Double { Double(geometry.unit) }
  /// The greatest value.
  var lastValue: Int { geometry.levels - 1 }

  /// Starts with the pixel whose parameters begin at `start`: no channel is known.
  mutating func begin(_ parameters: Span<Float>, at start: Int) {
    for k in logWeights.indices {
      logWeights[k] = Double(parameters[start + k * geometry.logits.step])
    }
    normalize()
  }

  /// The distributions of channel c around `location`, given the values of the channels before.
  mutating func select(
    channel c: Int, _ parameters: Span<Float>, at start: Int, location: Double
  ) {
    for k in centers.indices {
      centers[k] = center(
        component: k, channel: c, parameters, at: start, location: location, residuals: residuals)
      scales[k] = scale(component: k, channel: c, parameters, at: start)
    }
  }

  /// Fixes the value of channel c, on which the centers of later channels depend.
  mutating func choose(_ value: Int, channel c: Int, location: Double) {
    residuals[c] = (Double(value) - location) / unit
  }

  /// Multiplies the weights of the components by what they give the value of the selected channel.
  mutating func condition(on value: Int) {
    for k in logWeights.indices {
      logWeights[k] += logProbability(value, center: centers[k], scale: scales[k])
    }
    normalize()
  }

  private mutating func normalize() {
    var largest = -Double.infinity
    for weight in logWeights { largest = max(largest, weight) }
    for k in logWeights.indices {
      logWeights[k] -= largest
      weights[k] = exp(logWeights[k])
    }
  }

  private func center(
    component k: Int, channel c: Int, _ parameters: Span<Float>, at start: Int, location: Double,
    residuals: [Double]
  ) -> Double {
    var mean = Double(parameters[start + geometry.means.first + k * geometry.means.step + c])
    let slopes = start + geometry.slopes.first + k * geometry.slopes.step + c * (c - 1) / 2
    for j in 0..<c { mean += tanh(Double(parameters[slopes + j])) * residuals[j] }
    return location + unit * mean
  }

  private func scale(
    component k: Int, channel c: Int, _ parameters: Span<Float>, at start: Int
  ) -> Double {
    let raw = parameters[start + geometry.scales.first + k * geometry.scales.step + c]
    let range = geometry.logScales
    return unit * exp(Double(min(max(raw, range.lowerBound), range.upperBound)))
  }
}

// MARK: - Sampling

extension PixelMixture {
  /// The component at which the cumulative weights at a temperature reach `uniform`.
  func component(
    _ parameters: Span<Float>, at start: Int, temperature: Double, uniform: Double
  ) -> Int {
    func logit(_ k: Int) -> Double { Double(parameters[start + k * geometry.logits.step]) }
    var largest = -Double.infinity
    for k in 0..<geometry.components { largest = max(largest, logit(k)) }
    func weight(_ k: Int) -> Double { exp((logit(k) - largest) / temperature) }
    var total = 0.0
    for k in 0..<geometry.components { total += weight(k) }
    var remaining = uniform * total
    for k in 0..<geometry.components {
      remaining -= weight(k)
      if remaining <= 0 { return k }
    }
    return geometry.components - 1
  }

  /// The value nearest to a number, halves to even.
  func nearestValue(_ number: Double) -> Int {
    // NaN becomes 0.
    number > 0 ? Int(min(number.rounded(.toNearestOrEven), Double(lastValue))) : 0
  }
}

// MARK: - Of one component

extension PixelMixture {
  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  private func logProbability(_ value: Int, center: Double, scale: Double) -> Double {
    let upper = (Double(value) + 0.5 - center) / scale
    let lower = (Double(value) - 0.5 - center) / scale
    if value == 0 { return -Self.softplus(-upper) }
    if value == lastValue { return -Self.softplus(lower) }
    return log(-expm1(-1 / scale)) - Self.softplus(-upper) - Self.softplus(lower)
  }

  /// Adds the means of all channels, each component's means in turn, to `sums`.
  ///
  /// - Parameter location: The location of a channel.
  mutating func addMeans(
    _ parameters: Span<Float>, at start: Int, location: (Int) -> Double,
    to sums: inout MutableSpan<Double>, at first: Int
  ) {
    var total = 0.0
    for weight in weights { total += weight }
    for k in weights.indices {
      for c in 0..<geometry.channels {
        let place = location(c)
        let center = center(
          component: k, channel: c, parameters, at: start, location: place, residuals: residuals)
        let mean = mean(
          center: center, scale: scale(component: k, channel: c, parameters, at: start))
        residuals[c] = (mean - place) / unit
        sums[first + c] += weights[k] / total * mean
      }
    }
  }

  /// The mean of a rounded and clipped logistic: `Σ_{t ≥ 1} P(value ≥ t)`.
  private func mean(center: Double, scale: Double) -> Double {
    let last = Double(lastValue)
    guard scale < 2 else {
      // The integral, and the first correction of the midpoint rule at its ends (Euler-Maclaurin);
      // the next one is below 2e-5.
      let (low, high) = (center / scale, (center - last) / scale)
      func slope(_ x: Double) -> Double { Self.sigmoid(x) * Self.sigmoid(-x) / scale }
      return scale * (Self.softplus(low) - Self.softplus(high)) + (slope(high) - slope(low)) / 24
    }
    // All thresholds within 25 scales; those below are passed and those above are not.
    let reach = 25 * scale
    let first = max(1, min(last + 1, (center - reach).rounded(.up)))
    let end = min(last, max(0, (center + reach).rounded(.down)))
    var sum = first - 1
    guard first <= end else { return sum }
    var odds = exp((first - 0.5 - center) / scale)
    let ratio = exp(1 / scale)
    for _ in Int(first)...Int(end) {
      sum += 1 / (1 + odds)
      odds *= ratio
    }
    return sum
  }
}
