import CajalAutodiff
import CajalLayers
import CajalModels
import CajalTensor
import Foundation
import Testing

@Suite struct LossTests {
  /// The loss is the mean of what the logits of the true values say, whatever the classes stand
  /// for.
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

  /// The gradient of every parameter, against a difference of the fourth order along its own
  /// direction: there the slope is the gradient's norm.
  @Test(arguments: [0, 2, 3]) func gradientsAgreeWithDifferences(variant: Int) throws {
    let model = try smallModel { set in
      variants[variant](&set)
      set.initializerGain = 1
    }
    let shape: Shape = [1, model.targetLength, model.targetLength, model.channels]
    let inputs = randomPixels([1, 2, 2, model.channels], seed: 13)
    let targets = randomPixels(shape, seed: 14)
    func loss(_ parameters: ParameterValues, _ tape: Tape) -> Variable {
      model.loss(inputs: inputs, targets: targets, ForwardPass(tape: tape, parameters: parameters))
    }
    let sums = try ParameterGradients(for: model.layout)
    let tape = Tape(parameterGradients: sums)
    tape.backward(from: loss(model.parameters, tape))
    let gradient = try #require(sums.values[0]).scalars
    let start = model.parameters.buffers[0].scalars
    for parameter in model.layout.parameters {
      let norm = gradient[parameter.range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard norm > 0 else { continue }
      func lossAt(_ step: Double) -> Double {
        var moved = start
        for index in parameter.range {
          moved[index] += Float(step * Double(gradient[index]) / norm)
        }
        return Double(loss(ParameterValues([Tensor(moved)]), Tape()).value.scalar)
      }
      let h = 0x1p-10
      let slope = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h)
      // A loss near 6 is rounded to 5e-7, a slope to 8e-4; the corners of the ReLU
      // take up to a percent.
      #expect(abs(slope - norm) < 0.02 * norm + 8e-4, "\(parameter.path)")
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
