import CajalAutodiff
import CajalLayers
import CajalTensor
import CajalTraining
import TestBackends
import Testing

@testable import CajalModels

/// The transformer's layers computed again in the backward pass instead of kept.
@Suite struct CheckpointTests {
  private func model(
    _ variant: Int, _ activations: Img2ImgHyperparameters.LayerActivations,
    on device: Device = .cpu, _ change: (inout Img2ImgHyperparameters) -> Void = { _ in }
  ) throws -> Img2ImgTransformer {
    try smallModel(
      { set in
        variants[variant](&set)
        set.numEncoderLayers = 2
        set.layerPrepostprocessDropout = 0.2
        set.attentionDropout = 0.2
        set.reluDropout = 0.2
        set.layerActivations = activations
        change(&set)
      }, on: device)
  }

  /// The bits of the loss and of all gradients.
  private func bits(
    _ model: Img2ImgTransformer, _ loss: (Img2ImgBatch, ForwardPass) -> Variable
  ) throws -> [[UInt32]] {
    let shape: Shape = [2, model.targetLength, model.targetLength, model.channels]
    let batch = model.batch(
      inputs: randomPixels([2, 2, 2, model.channels], seed: 21),
      targets: randomPixels(shape, seed: 22))
    let sums = try ParameterGradients(for: model.layout, on: model.parameters.device)
    let tape = Tape(parameterGradients: sums)
    let pass = ForwardPass(
      tape: tape, parameters: model.parameters, randomness: RandomKey(seed: 5, stream: 0))
    let loss = loss(batch, pass)
    tape.backward(from: loss)
    return ([loss.value] + sums.values.compactMap { $0 }).map { $0.scalars.map(\.bitPattern) }
  }

  @Test(arguments: variants.indices) func gradientsHaveTheSameBits(variant: Int) throws {
    let (keeping, recomputing) = (try model(variant, .keep), try model(variant, .recompute))
    let kept = try bits(keeping) { keeping.loss($0, objective: .loss, $1) }
    #expect(try bits(recomputing) { recomputing.loss($0, objective: .loss, $1) } == kept)
    let whole = try bits(keeping) { batch, pass in
      pass.checkpoint([]) { _, pass in keeping.loss(batch, objective: .loss, pass) }
    }
    #expect(whole == kept)
  }

  /// A layer more costs the memory of its input (and of its parameters and their gradients), not of
  /// its inside.
  @Test func memoryIsThatOfTheLayersInputs() throws {
    func peak(_ activations: Img2ImgHyperparameters.LayerActivations, layers: Int) throws -> Int {
      let backend = LimitedBackend(bytes: .max)
      let model = try model(0, activations, on: Device(backend)) {
        $0.numDecoderLayers = layers
        $0.imgLen = 16
      }
      let fixed = 2 * 4 * model.layout.groups.reduce(0) { $0 + $1.count }
      _ = try bits(model) { model.loss($0, objective: .loss, $1) }
      return backend.peakBytes - fixed
    }
    let input = 4 * 2 * 16 * 16 * 3 * 16
    let perKeptLayer = try (peak(.keep, layers: 10) - peak(.keep, layers: 2)) / 8
    let perRecomputedLayer = try (peak(.recompute, layers: 10) - peak(.recompute, layers: 2)) / 8
    #expect(perKeptLayer > 10 * input)
    #expect(perRecomputedLayer < 2 * input)
  }

  /// The setting is a hyperparameter with tensor2tensor's way as its default, in files and on the
  /// command line.
  @Test func isAHyperparameter() throws {
    var set = Img2ImgHyperparameters()
    #expect(set.layerActivations == .keep)
    try set.apply(overrides: ["layer_activations=recompute"])
    #expect(set.layerActivations == .recompute)
    let deep = Img2ImgHyperparameters().with { $0.numDecoderLayers = 100 }
    #expect(throws: HyperparameterError.self) { try deep.with { $0.imgLen = 96 }.validate() }
    try deep.with {
      $0.imgLen = 96
      $0.layerActivations = .recompute
    }.validate()
    #expect(throws: HyperparameterError.self) {
      try set.apply(overrides: ["layer_activations=drop"])
    }
  }
}
