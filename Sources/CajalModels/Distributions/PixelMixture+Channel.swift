import Foundation

// The distribution of the selected channel.

extension PixelMixture {
  /// The probability of values up to `value`.
  func cumulativeProbability(_ value: Int) -> Double {
    guard value >= 0 else { return 0 }
    guard value < lastValue else { return 1 }
    var (sum, total) = (0.0, 0.0)
    for k in weights.indices {
      sum += weights[k] * Self.sigmoid((Double(value) + 0.5 - centers[k]) / scales[k])
      total += weights[k]
    }
    return sum / total
  }

  /// The least value whose cumulative probability is at least `probability`.
  func quantile(_ probability: Double) -> Int {
    var (low, high) = (0, lastValue)
    while low < high {
      let middle = (low + high) / 2
      if cumulativeProbability(middle) >= probability { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The most probable value; the first of equal ones.
  mutating func mode() -> Int {
    // Beyond the outermost centers every component's probability falls, up to the values that have
    // the whole tail.
    let range = values(within: 0)
    var best = (value: 0, probability: -1.0)
    if range.lowerBound > 0 { best.probability = enter(0) }
    walk(range) { value, probability in
      if probability > best.probability { best = (value, probability) }
    }
    if range.upperBound < lastValue, enter(lastValue) > best.probability { return lastValue }
    return best.value
  }

  /// The entropy in nats.
  mutating func entropy() -> Double {
    var total = 0.0
    for weight in weights { total += weight }
    var sum = 0.0
    // What is further away has less than e⁻⁴⁰.
    walk(values(within: 40)) { _, probability in
      let p = probability / total
      if p > 0 { sum -= p * log(p) }
    }
    return sum
  }

  /// The values from the least to the greatest center, and so many scales further.
  private func values(within count: Double) -> ClosedRange<Int> {
    var (low, high) = (Double.infinity, -Double.infinity)
    // A component with so little weight makes no value the most probable one.
    for k in weights.indices where weights[k] > 1e-12 {
      low = min(low, centers[k] - count * scales[k])
      high = max(high, centers[k] + count * scales[k])
    }
    // False for NaN.
    guard low <= high else { return 0...lastValue }
    let last = Double(lastValue)
    return Int(max(0, min(last, low.rounded(.down))))...Int(max(0, min(last, high.rounded(.up))))
  }

  /// Calls `body` with the values of a range and their probabilities up to the weights' sum.
  private mutating func walk(_ range: ClosedRange<Int>, _ body: (Int, Double) -> Void) {
    var probability = enter(range.lowerBound)
    for value in range {
      body(value, probability)
      if value < range.upperBound { probability = step(to: value + 1) }
    }
  }

  /// The probability of a value, up to the weights' sum.
  private mutating func enter(_ value: Int) -> Double {
    for k in below.indices {
      below[k] = value == 0 ? 0 : Self.sigmoid((Double(value) - 0.5 - centers[k]) / scales[k])
      odds[k] = 0
      ratios[k] = exp(-1 / scales[k])
    }
    return step(to: value)
  }

  /// The probability of the value after the last one, up to the weights' sum.
  private mutating func step(to value: Int) -> Double {
    var sum = 0.0
    for k in weights.indices {
      let edge = (Double(value) + 0.5 - centers[k]) / scales[k]
      let upTo: Double
      if value == lastValue || edge > 40 {
        upTo = 1
      } else if edge < -40 {
        upTo = 0
      } else {
        // One exponential where the component begins; from there on by its ratio.
        odds[k] = odds[k] == 0 ? exp(-edge) : odds[k] * ratios[k]
        upTo = 1 / (1 + odds[k])
      }
      sum += weights[k] * (upTo - below[k])
      below[k] = upTo
    }
    return sum
  }
}
