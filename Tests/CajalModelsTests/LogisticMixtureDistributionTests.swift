import CajalAutodiff
import CajalTensor
import Foundation
import Testing

@testable import CajalModels

/// Mixtures of discretized logistics against sums over all values.
///
/// The seeds are new in each run; a failure prints its own.
@Suite struct LogisticMixtureDistributionTests {
  private static let seeds = (0..<4).map { _ in UInt64.random(in: 0...999_999) }
  private static let kinds: [LogisticMixtureDistribution] = [
    LogisticMixtureDistribution(components: 5, channels: 3),
    LogisticMixtureDistribution(components: 3, channels: 1, unit: 20),
    LogisticMixtureDistribution(components: 2, channels: 2, unit: 1, logScales: -3...4),
    .tensor2tensor(components: 3),
  ]

  /// Random outputs and locations of `count` pixels; every other location near an end.
  private func pixels(
    _ distribution: LogisticMixtureDistribution, count: Int, seed: UInt64
  ) -> (output: Tensor<Float>, location: Tensor<Float>) {
    let spread: Float = distribution.unit > 100 ? 0.5 : 1.5
    let output = Tensor<Float>(
      randomNormal: [count, distribution.width], standardDeviation: spread,
      key: RandomKey(seed: seed, stream: 1))
    let places = Tensor<Float>(
      randomUniform: [count, distribution.channels], key: RandomKey(seed: seed, stream: 2))
    let locations = places.scalars.enumerated().map { index, place in
      index % 2 == 0 ? place * 255 : place < 0.5 ? place * 20 : 255 - (1 - place) * 20
    }
    return (output, Tensor(locations, shape: places.shape))
  }

  /// The probabilities of a channel's values given those of all channels before it.
  private func conditionals(
    _ distribution: LogisticMixtureDistribution, _ output: [Float], _ location: [Float],
    given: [Int32]
  ) -> [Double] {
    let components = distribution.components
    let geometry = distribution.geometry
    /// The joint probability of the channels up to `count`, in Double.
    func joint(_ values: [Int32]) -> Double {
      let unit = Double(distribution.unit)
      let logits = (0..<components).map { Double(output[$0 * geometry.logits.step]) }
      let total = logits.reduce(0) { $0 + exp($1) }
      return (0..<components).reduce(0) { sum, k in
        var p = exp(logits[k]) / total
        for (c, value) in values.enumerated() {
          var center = Double(output[geometry.means.first + k * geometry.means.step + c])
          for j in 0..<c {
            let slope = output[
              geometry.slopes.first + k * geometry.slopes.step + c * (c - 1) / 2 + j]
            center += tanh(Double(slope)) * (Double(values[j]) - Double(location[j])) / unit
          }
          let raw = output[geometry.scales.first + k * geometry.scales.step + c]
          let range = geometry.logScales
          let scale = exp(Double(min(max(raw, range.lowerBound), range.upperBound)))
          func cdf(_ edge: Double) -> Double {
            1 / (1 + exp(-((edge - Double(location[c])) / unit - center) / scale))
          }
          let upper = value == 255 ? 1 : cdf(Double(value) + 0.5)
          p *= upper - (value == 0 ? 0 : cdf(Double(value) - 0.5))
        }
        return sum + p
      }
    }
    let below = given.isEmpty ? 1 : joint(given)
    return (0..<256).map { joint(given + [Int32($0)]) / below }
  }

  private func rows<Scalar>(_ tensor: Tensor<Scalar>) -> [[Scalar]] {
    let (scalars, width) = (tensor.scalars, tensor.shape[-1])
    return stride(from: 0, to: scalars.count, by: width).map { Array(scalars[$0..<$0 + width]) }
  }

  @Test(arguments: seeds, kinds) func modesAndIntervals(
    seed: UInt64, distribution: LogisticMixtureDistribution
  ) {
    let (output, location) = pixels(distribution, count: 12, seed: seed)
    let modes = rows(distribution.mode(output, location: location))
    let entropies = distribution.entropy(output, location: location).scalars
    let (lower, upper) = distribution.credibleInterval(
      output, probability: 0.8, location: location)
    let cumulative = rows(
      distribution.cumulativeProbability(
        output, values: distribution.mode(output, location: location), location: location))
    for (row, (parameters, place)) in zip(rows(output), rows(location)).enumerated() {
      var entropy = 0.0
      for c in 0..<distribution.channels {
        let p = conditionals(
          distribution, parameters, place, given: Array(modes[row].prefix(c)))
        let mode = Int(modes[row][c])
        #expect(p[mode] >= (p.max() ?? 0) * (1 - 1e-9), "seed \(seed), pixel \(row), channel \(c)")
        entropy -= p.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
        let upToMode = p[0...mode].reduce(0, +)
        #expect(abs(cumulative[row][c] - upToMode) < 1e-9, "seed \(seed)")
        let index = row * distribution.channels + c
        let (low, high) = (Int(lower.scalars[index]), Int(upper.scalars[index]))
        #expect(p[0...low].reduce(0, +) >= 0.1 - 1e-9, "seed \(seed)")
        #expect(p[0..<low].reduce(0, +) < 0.1 + 1e-9, "seed \(seed)")
        #expect(p[0...high].reduce(0, +) >= 0.9 - 1e-9, "seed \(seed)")
        #expect(p[0..<high].reduce(0, +) < 0.9 + 1e-9, "seed \(seed)")
      }
      #expect(abs(entropies[row] - entropy) < 1e-8, "seed \(seed), pixel \(row)")
    }
  }

  /// The first channel's mean is that of its values; all channels' are those of samples.
  @Test(arguments: seeds, kinds) func means(
    seed: UInt64, distribution: LogisticMixtureDistribution
  ) {
    let (output, location) = pixels(distribution, count: 30, seed: seed)
    let means = rows(distribution.mean(output, location: location))
    for (row, (parameters, place)) in zip(rows(output), rows(location)).enumerated() {
      let p = conditionals(distribution, parameters, place, given: [])
      let expected = p.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
      #expect(abs(means[row][0] - expected) < 1e-4, "seed \(seed), pixel \(row)")
    }
  }

  /// Far from the ends the mean of later channels is that of the chain.
  @Test func meansOfLaterChannels() {
    let distribution = LogisticMixtureDistribution(components: 2, channels: 3)
    let count = 200_000
    let row: [Float] = [
      0.5, 1, -1, 0.5, -1, -0.5, -1, 0.7, -0.4, 1.5, -0.5, -1, 0.3, 2, -2, -1, -0.3, 1, 0.2, -2,
    ]
    let output = Tensor((0..<count).flatMap { _ in row }, shape: [count, distribution.width])
    let location = Tensor<Float>(
      (0..<count).flatMap { _ in [120, 130.3, 100.6] as [Float] }, shape: [count, 3])
    let samples = distribution.sample(
      output, location: location, temperature: 1,
      uniforms: Tensor(randomUniform: [count, 4], key: RandomKey(seed: 1, stream: 3)))
    let values = samples.scalars
    let means = distribution.mean(output.sliced(0..<1), location: location.sliced(0..<1)).scalars
    for c in 0..<3 {
      let sum = stride(from: c, to: 3 * count, by: 3).reduce(0.0) { $0 + Double(values[$1]) }
      #expect(abs(sum / Double(count) - means[c]) < 0.2, "channel \(c)")
    }
  }

  /// One component: values against the logistic's quantiles, each channel given those before.
  @Test func samplesAreQuantiles() {
    let distribution = LogisticMixtureDistribution(components: 1, channels: 2)
    // Mean 1 and scale 1 unit; channel 1 around -2 plus 0.5 times the first residual.
    let parameters: [Float] = [0, 1, -2, 0, -1, Float(atanh(0.5))]
    let uniforms: [Float] = [0.3, 0.25, 0.75, 0.3, 0, 0.5]
    for temperature in [1, 0.5] as [Float] {
      let samples = distribution.sample(
        Tensor(parameters + parameters, shape: [2, 6]),
        location: Tensor([100, 60.3, 100, 60.3], shape: [2, 2]), temperature: temperature,
        uniforms: Tensor(uniforms, shape: [2, 3])
      ).scalars
      func quantile(_ u: Double) -> Double { log(u / (1 - u)) * Double(temperature) }
      for (row, u) in [(0, (0.25, 0.75)), (1, (1e-4, 0.5))] {
        let first = (100 + 8 * (1 + quantile(u.0))).rounded()
        let second =
          (60.3 + 8 * (-2 + 0.5 * (first - 100) / 8 + exp(-1) * quantile(u.1))).rounded()
        #expect(samples[2 * row] == Int32(first))
        #expect(samples[2 * row + 1] == Int32(second))
      }
    }
  }

  /// Samples of a first channel come as often as their probabilities say.
  @Test func samplesHaveTheProbabilities() {
    let distribution = LogisticMixtureDistribution(components: 5, channels: 3)
    let (one, place) = pixels(distribution, count: 1, seed: 11)
    let count = 100_000
    let samples = distribution.sample(
      one.broadcast(to: [count, distribution.width]), location: place.broadcast(to: [count, 3]),
      temperature: 1,
      uniforms: Tensor(randomUniform: [count, 4], key: RandomKey(seed: 2, stream: 3))
    ).scalars
    let p = conditionals(distribution, one.scalars, place.scalars, given: [])
    var counts = [Double](repeating: 0, count: 256)
    for index in stride(from: 0, to: samples.count, by: 3) { counts[Int(samples[index])] += 1 }
    for value in 0..<256 {
      let expected = p[value] * Double(count)
      // The ends of the uniform numbers are cut off.
      #expect(abs(counts[value] - expected) < 6 * max(expected, 25).squareRoot(), "\(value)")
    }
  }

  /// The mean loss per value is that of the probabilities.
  @Test(arguments: kinds) func losses(distribution: LogisticMixtureDistribution) {
    let (output, location) = pixels(distribution, count: 20, seed: 5)
    let values = distribution.mode(output, location: location)
    let losses = distribution.losses(output, values: values, location: location).scalars
    let tape = Tape()
    let loss = distribution.loss(tape.variable(output), values: values, location: location)
    let mean = losses.reduce(0, +) / Float(losses.count * distribution.channels)
    #expect(abs(loss.value.scalar - mean) < 1e-5)
    for (row, (parameters, place)) in zip(rows(output), rows(location)).enumerated() {
      let given = rows(values)[row]
      let expected = (0..<distribution.channels).reduce(0.0) { sum, c in
        sum
          - log(
            conditionals(
              distribution, parameters, place, given: Array(given.prefix(c))
            )[Int(given[c])])
      }
      #expect(abs(Double(losses[row]) - expected) < 1e-4, "pixel \(row)")
    }
  }

  /// A pixel's results do not depend on the others.
  @Test(arguments: kinds) func pixelsAreIndependent(distribution: LogisticMixtureDistribution) {
    let (output, location) = pixels(distribution, count: 9, seed: 3)
    let uniforms = Tensor<Float>(
      randomUniform: [9, distribution.uniformsPerPosition], key: RandomKey(seed: 3, stream: 4))
    let samples = distribution.sample(
      output, location: location, temperature: 0.7, uniforms: uniforms)
    let means = distribution.mean(output, location: location)
    let modes = distribution.mode(output, location: location)
    for row in 0..<9 {
      let (one, place) = (output.sliced(row..<row + 1), location.sliced(row..<row + 1))
      #expect(
        distribution.sample(
          one, location: place, temperature: 0.7, uniforms: uniforms.sliced(row..<row + 1))
          == samples.sliced(row..<row + 1))
      #expect(distribution.mean(one, location: place) == means.sliced(row..<row + 1))
      #expect(distribution.mode(one, location: place) == modes.sliced(row..<row + 1))
    }
  }

  /// As an output distribution it stands around the middle of the scale.
  @Test func withoutLocation() {
    let distribution = LogisticMixtureDistribution.tensor2tensor(components: 3)
    let output = pixels(distribution, count: 7, seed: 4).output
    let middle = Tensor<Float>(repeating: 127.5, shape: [7, 3])
    #expect(distribution.mode(output, bases: nil) == distribution.mode(output, location: middle))
    #expect(distribution.mean(output, bases: nil) == distribution.mean(output, location: middle))
    let codes = distribution.mode(output, bases: nil)
    let tape = Tape()
    #expect(
      distribution.loss(tape.variable(output), codes: codes, smoothing: 0).value
        == distribution.loss(tape.variable(output), values: codes, location: middle).value)
    #expect(distribution.width == 30)
    #expect(distribution.uniformsPerPosition == 4)
  }
}
