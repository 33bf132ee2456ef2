import CajalAutodiff
import CajalLayers
import CajalTensor
import Foundation
import Testing

@testable import CajalModels

/// What is asked of a distribution does not depend on the number of classes, on codes being values,
/// or on one value per position.
@Suite struct OutputDistributionTests {
  private let logistic = PixelLogistic(valuesPerPosition: 3, levels: 12)

  /// Outputs of 4 pixels with locations on and around the scale.
  private func output(_ seed: UInt64) -> Tensor<Float> {
    let locations = Tensor<Float>(
      randomUniform: [4, 3], low: -1, high: 12, key: RandomKey(seed: seed, stream: 1))
    let scales = Tensor<Float>(
      randomUniform: [4, 3], low: -0.5, high: 1, key: RandomKey(seed: seed, stream: 2))
    return locations.concatenated(with: scales, axis: 1)
  }

  private func codes(_ seed: UInt64) -> Tensor<Int32> {
    let key = RandomKey(seed: seed, stream: 3)
    return Tensor(
      (0..<12).map { Int32(Philox.word(key, element: $0) % 12) }, shape: [4, 3])
  }

  @Test(arguments: [UInt64(1), 2, 3]) func lossIsOfTheProbabilities(seed: UInt64) {
    let (output, codes) = (output(seed), codes(seed))
    let loss = logistic.loss(Tape().constant(output), codes: codes, smoothing: 0)
    let values = logistic.values(of: codes, bases: nil).scalars
    let expected = zip(logistic.probabilities(output), values).reduce(0) {
      $0 - log($1.0[Int($1.1)]) / 12
    }
    #expect(loss.value.count == 1)
    #expect(abs(Double(loss.value.scalar) - expected) < 1e-3 * (1 + expected), "seed \(seed)")
  }

  /// Against differences of the loss that is computed from the probabilities, in Double.
  @Test(arguments: [UInt64(4), 5]) func lossGradient(seed: UInt64) {
    let (output, codes) = (output(seed), codes(seed))
    let tape = Tape()
    let variable = tape.variable(output)
    tape.backward(from: logistic.loss(variable, codes: codes, smoothing: 0))
    let gradient = tape.gradient(of: variable).scalars
    let values = logistic.values(of: codes, bases: nil).scalars
    func loss(_ scalars: [Float]) -> Double {
      zip(logistic.probabilities(Tensor(scalars, shape: output.shape)), values).reduce(0) {
        $0 - log($1.0[Int($1.1)]) / 12
      }
    }
    for index in gradient.indices {
      let h: Float = 0x1p-8
      var (up, down) = (output.scalars, output.scalars)
      up[index] += h
      down[index] -= h
      let slope = (loss(up) - loss(down)) / Double(up[index] - down[index])
      #expect(abs(slope - Double(gradient[index])) < 2e-3 * (0.1 + abs(slope)), "seed \(seed)")
    }
  }

  @Test(arguments: [UInt64(6), 7]) func answers(seed: UInt64) {
    let output = output(seed)
    let probabilities = logistic.probabilities(output)
    let modes = logistic.mode(output, bases: nil)
    #expect(modes.shape == [4, 3])
    for (row, mode) in zip(probabilities, logistic.values(of: modes, bases: nil).scalars) {
      #expect(row[Int(mode)] == row.max(), "seed \(seed)")
    }
    let means = logistic.mean(output, bases: nil)
    #expect(means.shape == [4, 3])
    #expect(means.scalars.allSatisfy { (0...11).contains($0) })
    let entropy = logistic.entropy(output, bases: nil)
    #expect(entropy.shape == [4])
    #expect(entropy.scalars.allSatisfy { $0 > 0 && $0 <= 3 * log(12) })
    let grid = (0..<500).flatMap { step in
      [Float](repeating: (Float(step) + 0.5) / 500, count: 3)
    }
    let samples = logistic.sample(
      output.sliced(0..<1).broadcast(to: [500, 6]), bases: nil, temperature: 1,
      uniforms: Tensor(grid, shape: [500, 3]))
    let values = logistic.values(of: samples, bases: nil).scalars
    for channel in 0..<3 {
      for (value, probability) in probabilities[channel].enumerated() {
        let count = (0..<500).count { values[$0 * 3 + channel] == Int32(value) }
        #expect(abs(Double(count) - 500 * probability) <= 1.01, "seed \(seed)")
      }
    }
  }

  /// Decoding a position of two pictures takes its codes from the distribution, and its values from
  /// the codes or the means.
  @Test func decodesSeveralValuesAtOnce() {
    let output = output(8).sliced(0..<2)
    func decode(_ decoding: Decoding, pictures: Range<Int> = 0..<2, position: Int = 9)
      -> DecodedPosition
    {
      logistic.decode(
        output, bases: nil, decoding: decoding, pictures: Array(pictures), position: position)
    }
    let mode = logistic.mode(output, bases: nil)
    #expect(decode(.greedy).codes == mode)
    #expect(decode(.greedy).values == logistic.values(of: mode, bases: nil))
    #expect(decode(.mean).codes == mode)
    let means = logistic.mean(output, bases: nil).scalars
    #expect(decode(.mean).values.scalars == means.map { Int32($0.rounded()) })
    let sample = decode(.sample(temperature: 1, seed: 3))
    #expect(sample.values == logistic.values(of: sample.codes, bases: nil))
    // Element 3 · 9 + channel of the sequence of each picture.
    let uniforms = (0..<2).flatMap { picture in
      let key = RandomKey(seed: 3, stream: RandomStreams.sampling, step: UInt64(picture))
      return (27..<30).map { Philox.uniform(Philox.word(key, element: $0)) }
    }
    #expect(
      sample.codes
        == logistic.sample(
          output, bases: nil, temperature: 1, uniforms: Tensor(uniforms, shape: [2, 3])))
  }

  /// Gradient descent on the loss alone makes the values that it was shown the most probable ones,
  /// whatever the distribution.
  @Test func lossesLeadToTheValues() {
    let distributions: [any OutputDistribution] = [
      logistic, CategoricalDistribution(classes: 12),
      ResidualDistribution(levels: 12, isEnlarged: true),
    ]
    for distribution in distributions {
      let count = 4 * distribution.valuesPerPosition
      let shape: Shape = [4, distribution.valuesPerPosition]
      let bases = Tensor((0..<count).map { Int32($0 * 5 % 12) }, shape: shape)
      // Not the ends of the scale: a logistic reaches them by its width first, which is slow.
      let values = Tensor((0..<count).map { Int32(1 + $0 * 7 % 10) }, shape: shape)
      let codes = distribution.codes(of: values, bases: bases)
      #expect(codes.scalars.allSatisfy { (0..<12).contains($0) })
      #expect(distribution.values(of: codes, bases: bases) == values)
      var output = Tensor<Float>(repeating: 1, shape: [4, distribution.width])
      for _ in 0..<300 {
        let tape = Tape()
        let variable = tape.variable(output)
        tape.backward(from: distribution.loss(variable, codes: codes, smoothing: 0))
        output = output - tape.gradient(of: variable) * 2
      }
      let mode = distribution.mode(output, bases: bases)
      #expect(distribution.values(of: mode, bases: bases) == values, "\(distribution)")
    }
  }

  /// A model asks the distribution for the width of its output.
  @Test func modelsHaveTheWidth() throws {
    for variant in [0, 2] {
      let model = try smallModel(variants[variant])
      let bias = try #require(model.layout["body/output_conv/bias"])
      #expect(bias.shape == [model.distribution.width])
    }
  }
}
