import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalModels

/// Central intervals against a search over the cumulative distribution, and the coverage of samples.
@Suite struct CredibleIntervalTests {
  private let probabilities = [0.5, 0.8, 0.95]

  private func logits(
    _ rows: Int, classes: Int, standardDeviation: Float, seed: UInt64
  ) -> Tensor<Float> {
    Tensor(
      randomNormal: [rows, classes], standardDeviation: standardDeviation,
      key: RandomKey(seed: seed, stream: 4))
  }

  @Test(arguments: [2, 7, 256]) func intervalsAreTheSmallestWithSmallTails(classes: Int) {
    let distribution = CategoricalDistribution(classes: classes)
    let output = logits(20, classes: classes, standardDeviation: 2, seed: UInt64(classes))
    let weights = distribution.probabilities(output).scalars
    let intervals = distribution.credibleIntervals(
      output, codes: Tensor(repeating: 0, shape: [20, 1]), bases: nil, probabilities: probabilities)
    for (probability, interval) in zip(probabilities, intervals) {
      #expect(interval.lower.shape == [20, 1] && interval.upper.shape == [20, 1])
      for row in 0..<20 {
        let weights = Array(weights[(row * classes)..<((row + 1) * classes)])
        let (lower, upper) = (Int(interval.lower.scalars[row]), Int(interval.upper.scalars[row]))
        let (below, above) = (weights[..<lower].reduce(0, +), weights[(upper + 1)...].reduce(0, +))
        let tail = (1 - probability) / 2
        #expect(below <= tail + 1e-12 && above <= tail + 1e-12)
        #expect(below + weights[lower] > tail - 1e-12 && above + weights[upper] > tail - 1e-12)
      }
    }
  }

  /// Values of a residual distribution are in its intervals as often as they are drawn there.
  @Test func samplesOfDifferencesAreInTheirIntervals() {
    let distribution = ResidualDistribution(levels: 64, isEnlarged: true)
    let count = 2000
    let output = logits(count, classes: 64, standardDeviation: 0.5, seed: 1)
    let bases = Tensor((0..<count).map { Int32($0 % 64) }, shape: [count, 1])
    let codes = distribution.sample(
      output, bases: bases, temperature: 1,
      uniforms: Tensor(randomUniform: [count, 1], key: RandomKey(seed: 2, stream: 5)))
    let values = distribution.values(of: codes, bases: bases).scalars
    let intervals = distribution.credibleIntervals(
      output, codes: codes, bases: bases, probabilities: probabilities)
    for (probability, interval) in zip(probabilities, intervals) {
      let (lower, upper) = (interval.lower.scalars, interval.upper.scalars)
      let inside = (0..<count).count { lower[$0] <= values[$0] && values[$0] <= upper[$0] }
      // Three standard errors, and the probability of about one value more.
      #expect(Double(inside) / Double(count) > probability - 0.034)
      #expect(Double(inside) / Double(count) < probability + 0.034 + 0.03)
    }
  }

  /// The intervals of a model are those of its logits by value.
  @Test(arguments: variants.indices) func modelsHaveIntervalsOfTheirLogits(variant: Int) throws {
    let model = try smallModel(variants[variant])
    func images(_ side: Int, _ seed: UInt64) -> [Image] {
      let size = side * side * model.channels
      let pixels = randomPixels([2, size], seed: seed).scalars
      return (0..<2).map {
        Image(
          width: side, height: side, channels: model.channels,
          pixels: Array(pixels[($0 * size)..<(($0 + 1) * size)]))
      }
    }
    let (inputs, targets) = (images(2, 1), images(4, 2))
    let predicted = try #require(
      try model.credibleIntervals([0.8], inputs: inputs, targets: targets))
    let count = model.decodeOrder.count
    #expect(predicted.values.shape == [2, count, 1])
    #expect(predicted.intervals[0].lower.shape == [2, count, 1])
    for (image, target) in targets.enumerated() {
      for (position, plane) in model.decodeOrder.enumerated() {
        #expect(
          predicted.values.scalars[image * count + position] == Int32(target.pixels[plane]))
      }
    }
    guard model.hyperparameters.targetCoding == .value else { return }
    let logits = model.logits(
      inputs: Tensor(inputs.flatMap(\.pixels), shape: [2, 2, 2, model.channels]),
      targets: Tensor(targets.flatMap(\.pixels), shape: [2, 4, 4, model.channels]))
    let expected = CategoricalDistribution(classes: 256).credibleIntervals(
      logits, codes: Tensor(repeating: 0, shape: [1]), bases: nil, probabilities: [0.8])[0]
    for image in 0..<2 {
      for (position, plane) in model.decodeOrder.enumerated() {
        let (ours, theirs) = (image * count + position, image * count + plane)
        #expect(predicted.intervals[0].lower.scalars[ours] == expected.lower.scalars[theirs])
        #expect(predicted.intervals[0].upper.scalars[ours] == expected.upper.scalars[theirs])
      }
    }
  }

  @Test func targetsOfAnotherSizeAreRefused() throws {
    let model = try smallModel()
    let input = Image(width: 2, height: 2, channels: model.channels)
    #expect(throws: PictureSizeError.self) {
      try model.credibleIntervals([0.5], inputs: [input], targets: [input])
    }
  }
}
