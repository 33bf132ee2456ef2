import CajalAutodiff
import CajalLayers
import CajalTensor
import CajalTraining
import Testing

@testable import CajalModels

/// The transformer's layers computed again in the backward pass instead of kept.
@Suite struct CheckpointTests {
  @Test(arguments: variants.indices) func gradientsHaveTheSameBits(variant: Int) throws {
    let model = try smallModel { set in
      variants[variant](&set)
      set.numEncoderLayers = 2
      set.layerPrepostprocessDropout = 0.2
      set.attentionDropout = 0.2
      set.reluDropout = 0.2
    }
    let shape: Shape = [2, model.targetLength, model.targetLength, model.channels]
    let batch = model.batch(
      inputs: randomPixels([2, 2, 2, model.channels], seed: 21),
      targets: randomPixels(shape, seed: 22))
    func run(_ loss: (ForwardPass) -> Variable) throws -> [[UInt32]] {
      let sums = try ParameterGradients(for: model.layout)
      let tape = Tape(parameterGradients: sums)
      let pass = ForwardPass(
        tape: tape, parameters: model.parameters, randomness: RandomKey(seed: 5, stream: 0))
      let loss = loss(pass)
      tape.backward(from: loss)
      return ([loss.value] + sums.values.compactMap { $0 }).map { $0.scalars.map(\.bitPattern) }
    }
    let kept = try run { model.loss(batch, objective: .loss, $0) }
    #expect(try run { checkpointedLoss(model, batch, $0) } == kept)
    let whole = try run { pass in
      pass.checkpoint([]) { _, pass in model.loss(batch, objective: .loss, pass) }
    }
    #expect(whole == kept)
  }

  /// The loss with every layer a segment.
  private func checkpointedLoss(
    _ model: Img2ImgTransformer, _ batch: Img2ImgBatch, _ pass: ForwardPass
  ) -> Variable {
    let network = batch.network
    let input = network.encoderInput(batch.inputRows, pass)
    let encoded = network.encoderLayers.reduce(pass.dropout(input, rate: network.inputDropout)) {
      x, layer in
      pass.checkpoint(x) { layer($0, plan: network.encoderPlan, $1) }
    }
    let memory = network.encoderClosing(encoded, pass)
    var x = pass.dropout(network.decoderInput(batch, pass), rate: network.inputDropout)
    for (layer, plan) in zip(network.decoderLayers, network.decoderPlans) {
      x = pass.checkpoint([x, memory]) { inputs, pass in
        layer(
          inputs[0], pass, attend: { layer.selfAttention($0, plan: plan, pass) },
          attendMemory: {
            layer.crossAttention($0, memory: inputs[1], plan: network.crossPlan, pass)
          })
      }
    }
    let logits = network.output(network.decoderClosing(x, pass), pass)
    return model.distribution.loss(
      logits, codes: batch.codes, smoothing: model.hyperparameters.labelSmoothing)
  }
}
