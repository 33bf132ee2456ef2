import CajalAutodiff
import CajalTensor
import Foundation
import Testing

@testable import CajalModels

/// Properties of categorical distributions over any number of classes.
///
/// The seeds are new in each run; a failure prints its own.
@Suite struct CategoricalDistributionTests {
  private static let seeds = (0..<6).map { _ in UInt64.random(in: 0...999_999) }

  /// Random logits of 2 × 5 positions and how many classes they are of: 2 to 400.
  private func logits(_ seed: UInt64) -> (distribution: CategoricalDistribution, Tensor<Float>) {
    let classes = 2 + Int(Philox.word(RandomKey(seed: seed, stream: 1), element: 0) % 399)
    return (
      CategoricalDistribution(classes: classes),
      Tensor(
        randomNormal: [2, 5, classes], standardDeviation: 3, key: RandomKey(seed: seed, stream: 2))
    )
  }

  @Test(arguments: seeds) func probabilitiesSumToOne(seed: UInt64) {
    let (distribution, logits) = logits(seed)
    let probabilities = distribution.probabilities(logits)
    #expect(probabilities.shape == logits.shape, "seed \(seed)")
    let width = distribution.width
    for start in stride(from: 0, to: probabilities.count, by: width) {
      let row = probabilities.scalars[start..<(start + width)]
      #expect(abs(row.reduce(0, +) - 1) < 1e-12, "seed \(seed)")
      #expect(row.allSatisfy { $0 > 0 }, "seed \(seed)")
    }
  }

  /// A sample is the first class whose cumulative probability is above the uniform number.
  @Test(arguments: seeds) func samplesInvertTheCumulativeDistribution(seed: UInt64) {
    let (distribution, logits) = logits(seed)
    let width = distribution.width
    let uniforms = Tensor<Float>(
      randomUniform: [2, 5, 1], key: RandomKey(seed: seed, stream: 3))
    for temperature: Float in [1, 0.5, 2] {
      let samples = distribution.sample(
        logits, bases: nil, temperature: temperature, uniforms: uniforms)
      #expect(samples.shape == [2, 5, 1], "seed \(seed)")
      let probabilities = distribution.probabilities(logits / temperature).scalars
      for (index, sample) in samples.scalars.enumerated() {
        let row = probabilities[(index * width)..<((index + 1) * width)]
        let below = row.prefix(Int(sample)).reduce(0, +)
        let uniform = Double(uniforms.scalars[index])
        // Logits over temperature are rounded to Float here.
        #expect(below - 1e-5 <= uniform, "seed \(seed)")
        #expect(uniform <= below + row[row.startIndex + Int(sample)] + 1e-5, "seed \(seed)")
      }
    }
  }

  /// On an even grid of uniform numbers each class comes as often as its probability says, but for
  /// one grid point.
  @Test(arguments: seeds) func samplesHaveTheProbabilities(seed: UInt64) {
    let distribution = CategoricalDistribution(classes: 7)
    let row = Tensor<Float>(randomNormal: [1, 7], key: RandomKey(seed: seed, stream: 4))
    let grid = (0..<1000).map { (Float($0) + 0.5) / 1000 }
    let samples = distribution.sample(
      row.broadcast(to: [1000, 7]), bases: nil, temperature: 1,
      uniforms: Tensor(grid, shape: [1000, 1]))
    for (code, probability) in distribution.probabilities(row).scalars.enumerated() {
      let count = samples.scalars.count { $0 == Int32(code) }
      #expect(abs(Double(count) - 1000 * probability) <= 1.01, "seed \(seed)")
    }
  }

  @Test(arguments: [1, 2, 10, 256, 1000]) func evenLogitsHaveTheLargestEntropy(classes: Int) {
    let distribution = CategoricalDistribution(classes: classes)
    let even = Tensor<Float>(repeating: 1.5, shape: [3, classes])
    let entropy = distribution.entropy(even, bases: nil)
    #expect(entropy.shape == [3])
    #expect(entropy.scalars.allSatisfy { abs($0 - log(Double(classes))) < 1e-12 })
    #expect(distribution.mode(even, bases: nil).scalars == [0, 0, 0])
  }

  /// Entropy, mean and loss are sums over the probabilities.
  @Test(arguments: seeds) func sumsOverTheProbabilities(seed: UInt64) {
    let (distribution, logits) = logits(seed)
    let width = distribution.width
    let probabilities = distribution.probabilities(logits).scalars
    let entropies = distribution.entropy(logits, bases: nil).scalars
    let means = distribution.mean(logits, bases: nil).scalars
    let modes = distribution.mode(logits, bases: nil)
    var lossOfModes = 0.0
    for index in 0..<10 {
      let row = Array(probabilities[(index * width)..<((index + 1) * width)])
      let entropy = row.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
      #expect(abs(entropies[index] - entropy) < 1e-9, "seed \(seed)")
      let mean = row.enumerated().reduce(0) { $0 + $1.element * Double($1.offset) }
      #expect(abs(means[index] - mean) < 1e-9 * Double(width), "seed \(seed)")
      let mode = Int(modes.scalars[index])
      #expect(row[mode] == row.max(), "seed \(seed)")
      lossOfModes -= log(row[mode]) / 10
    }
    let loss = distribution.loss(Tape().constant(logits), codes: modes, smoothing: 0)
    #expect(abs(Double(loss.value.scalar) - lossOfModes) < 1e-5, "seed \(seed)")
  }

  @Test func lowTemperaturesChooseTheMode() {
    let distribution = CategoricalDistribution(classes: 4)
    let logits = Tensor<Float>([0, 2, 1, -30], shape: [1, 4])
    for uniform: Float in [1e-6, 0.3, 0.999_999] {
      let sample = distribution.sample(
        logits, bases: nil, temperature: 0.01, uniforms: Tensor([uniform], shape: [1, 1]))
      #expect(sample.scalars == [1])
    }
  }
}
