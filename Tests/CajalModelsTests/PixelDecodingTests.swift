import CajalAutodiff
import CajalLayers
import CajalTensor
import TestBackends
import Testing

@testable import CajalModels

/// A decoder whose positions are pixels: tensor2tensor's `likelihood=dmol`.
@Suite struct PixelDecodingTests {
  private static let attentions: [Img2ImgHyperparameters.DecoderAttention] = [
    .local2D, .globalCausal,
  ]

  private func model(
    _ attention: Img2ImgHyperparameters.DecoderAttention, on device: Device = .cpu
  ) throws -> Img2ImgTransformer {
    try smallModel(
      {
        $0.likelihood = .logisticMixture
        $0.numMixtures = 3
        $0.decAttentionType = attention
        $0.queryShape = [2, 3]
      }, on: device)
  }

  @Test(arguments: attentions) func counts(
    attention: Img2ImgHyperparameters.DecoderAttention
  ) throws {
    let model = try model(attention)
    #expect(model.hyperparameters.parameterCount == Double(model.layout.parameterCount))
    #expect(model.decodeOrder.count == 16)
    #expect(model.distribution.width == 30)
  }

  /// What is decoded with cached keys and values is what the whole model, run again for each pixel
  /// with zeros for what is not decoded yet, would have chosen.
  @Test(arguments: attentions) func cachedEqualsFromScratch(
    attention: Img2ImgHyperparameters.DecoderAttention
  ) throws {
    let model = try model(attention)
    let inputs = randomPixels([2, 2, 2, 3], seed: 5)
    let decoded = try model.decode(inputs, decoding: .greedy)
    var values = [UInt8](repeating: 0, count: 2 * 4 * 4 * 3)
    for plane in model.decodeOrder {
      let outputs = model.outputs(inputs: inputs, targets: Tensor(values, shape: [2, 4, 4, 3]))
      #expect(outputs.shape == [2, 4, 4, 30])
      let modes = model.distribution.mode(outputs, bases: nil).scalars
      for image in 0..<2 {
        for channel in 0..<3 {
          let at = (image * 16 + plane) * 3 + channel
          values[at] = UInt8(modes[at])
        }
      }
    }
    #expect(decoded.scalars == values)
  }

  /// A change of a pixel changes no prediction at or before its place in the decoding order.
  @Test(arguments: attentions) func predictionsDependOnThePast(
    attention: Img2ImgHyperparameters.DecoderAttention
  ) throws {
    let model = try model(attention)
    let inputs = randomPixels([1, 2, 2, 3], seed: 6)
    let targets = randomPixels([1, 4, 4, 3], seed: 7)
    let before = model.outputs(inputs: inputs, targets: targets).scalars
    var influenced = 0
    for (position, plane) in model.decodeOrder.enumerated() {
      var changed = targets.scalars
      changed[plane * 3 + 1] ^= 0x55
      let after = model.outputs(
        inputs: inputs, targets: Tensor(changed, shape: targets.shape)
      ).scalars
      for (other, otherPlane) in model.decodeOrder.enumerated() {
        let range = (otherPlane * 30)..<((otherPlane + 1) * 30)
        let isEqual = before[range] == after[range]
        if other <= position {
          #expect(isEqual, "pixel \(position) influences \(other)")
        } else if !isEqual {
          influenced += 1
        }
      }
    }
    #expect(influenced > 0)
  }

  /// Loss, gradients and pictures are the processor's on every device.
  @Test func everyDeviceHasTheSameBits() throws {
    func results(on device: Device) throws -> [UInt32] {
      let model = try model(.local2D, on: device)
      let gradients = try ParameterGradients(for: model.layout, on: device)
      let tape = Tape(parameterGradients: gradients)
      let inputs = randomPixels([2, 2, 2, 3], seed: 1)
      let loss = model.loss(
        inputs: inputs, targets: randomPixels([2, 4, 4, 3], seed: 2),
        ForwardPass(tape: tape, parameters: model.parameters))
      tape.backward(from: loss)
      let picture = try model.decode(inputs, decoding: .sample(temperature: 0.7, seed: 1))
      let other = try model.decode(inputs, decoding: .mean)
      return (loss.value.scalars + (gradients.values[0]?.scalars ?? [])).map(\.bitPattern)
        + (picture.scalars + other.scalars).map(UInt32.init)
    }
    let expected = try results(on: .cpu)
    #expect(try results(on: Device(FaultingBackend())) == expected)
    #expect(try results(on: Device(LateBackend())) == expected)
  }

  @Test func whatPixelsDoNotHave() {
    let error = #expect(throws: HyperparameterError.self) {
      try smallModel {
        $0.likelihood = .logisticMixture
        $0.conditioning = .aligned
      }
    }
    #expect(error?.name == "likelihood")
  }
}
