import CajalAutodiff
import CajalLayers
import CajalModels
import CajalTensor
import Foundation
import Testing

@Suite struct LossTests {
  /// The loss is the mean of what the logits of the true values say, whatever the classes stand for.
  @Test(arguments: variants.indices) func lossIsMeanCrossEntropy(variant: Int) throws {
    let model = try smallModel(variants[variant])
    let shape: Shape = [2, model.targetLength, model.targetLength, model.channels]
    let inputs = randomPixels([2, 2, 2, model.channels], seed: 11)
    let targets = randomPixels(shape, seed: 12)
    let pass = ForwardPass(tape: Tape(), parameters: model.parameters)
    let loss = Double(model.loss(inputs: inputs, targets: targets, pass).value.scalar)
    let logits = model.logits(inputs: inputs, targets: targets).scalars
    var expected = 0.0
    for (index, value) in targets.scalars.enumerated() {
      let row = logits[(index * 256)..<((index + 1) * 256)].map(Double.init)
      let largest = row.max() ?? 0
      let total = row.reduce(0) { $0 + exp($1 - largest) }
      expected += largest + log(total) - row[Int(value)]
    }
    expected /= Double(targets.count)
    #expect(abs(loss - expected) < 1e-5 * expected)
  }

  /// Gradients of the whole model on the reference device agree with finite differences along random
  /// directions: a fourth-order stencil, whose error is far below the rounding of a float32 loss.
  @Test(arguments: [0, 2, 3]) func gradientsAgreeWithDifferences(variant: Int) throws {
    var model = try smallModel(variants[variant], on: .reference)
    let shape: Shape = [1, model.targetLength, model.targetLength, model.channels]
    let inputs = randomPixels([1, 2, 2, model.channels], seed: 13)
    let targets = randomPixels(shape, seed: 14)
    let start = model.parameters
    let sums = ParameterGradients(count: model.layout.bufferCount, on: .reference)
    let tape = Tape(parameterGradients: sums)
    let loss = model.loss(
      inputs: inputs, targets: targets, ForwardPass(tape: tape, parameters: start))
    tape.backward(from: loss)
    let gradient = sums.values.scalars
    for seed in 0..<3 as Range<UInt64> {
      let direction = Tensor<Float>(
        randomNormal: start.shape, key: RandomKey(seed: seed, stream: 78), on: .reference)
      func lossAt(_ step: Float) -> Double {
        model.parameters = start + direction * step
        let pass = ForwardPass(tape: Tape(), parameters: model.parameters)
        return Double(model.loss(inputs: inputs, targets: targets, pass).value.scalar)
      }
      let h: Float = 0x1p-9
      let difference =
        (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / Double(12 * h)
      let slope = zip(gradient, direction.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      // A loss of about 6 is rounded to 5e-7; over h = 2⁻⁹ that is 4e-4 of slope.
      #expect(abs(difference - slope) < 3e-3 * max(1, abs(slope)), "seed \(seed)")
    }
  }

  @Test func dropoutDependsOnTheKeyAlone() throws {
    let model = try smallModel { $0.layerPrepostprocessDropout = 0.3 }
    let inputs = randomPixels([1, 2, 2, 3], seed: 15)
    let targets = randomPixels([1, 4, 4, 3], seed: 16)
    func loss(_ key: RandomKey?) -> Float {
      let pass = ForwardPass(tape: Tape(), parameters: model.parameters, randomness: key)
      return model.loss(inputs: inputs, targets: targets, pass).value.scalar
    }
    let key = RandomKey(seed: 1, stream: 0, step: 5)
    #expect(loss(key) == loss(key))
    #expect(loss(key) != loss(RandomKey(seed: 1, stream: 0, step: 6)))
    #expect(loss(key) != loss(nil))
  }
}
