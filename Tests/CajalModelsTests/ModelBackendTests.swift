import CajalAutodiff
import CajalLayers
import CajalModels
import CajalTensor
import TestBackends
import Testing

/// Training and decoding on the test backends: the bits of the processor, and few round trips to
/// the host.
@Suite struct ModelBackendTests {
  /// The bits of loss and gradients of one picture, with dropout.
  private func trained(
    on device: Device, _ change: @Sendable (inout Img2ImgHyperparameters) -> Void = { _ in }
  ) throws -> [UInt32] {
    let model = try smallModel(
      {
        change(&$0)
        $0.layerPrepostprocessDropout = 0.1
      }, on: device)
    let gradients = try ParameterGradients(for: model.layout, on: device)
    let tape = Tape(parameterGradients: gradients)
    let pass = ForwardPass(
      tape: tape, parameters: model.parameters, randomness: RandomKey(seed: 5, stream: 0, step: 1))
    let loss = model.loss(
      inputs: randomPixels([1, 2, 2, model.channels], seed: 1),
      targets: randomPixels([1, model.targetLength, model.targetLength, model.channels], seed: 2),
      pass)
    tape.backward(from: loss)
    return (loss.value.scalars + (gradients.values[0]?.scalars ?? [])).map(\.bitPattern)
  }

  @Test(arguments: variants.indices) func trainingHasTheSameBits(variant: Int) throws {
    let expected = try trained(on: .cpu, variants[variant])
    #expect(try trained(on: Device(FaultingBackend()), variants[variant]) == expected)
    #expect(try trained(on: Device(LateBackend()), variants[variant]) == expected)
  }

  @Test(arguments: [Decoding.mean, .sample(temperature: 0.8, seed: 4)])
  func decodingHasTheSameBits(decoding: Decoding) throws {
    func decoded(on device: Device) throws -> [UInt8] {
      let model = try smallModel(on: device)
      return try model.decode(
        randomPixels([2, 2, 2, model.channels], seed: 1), decoding: decoding
      ).scalars
    }
    let expected = try decoded(on: .cpu)
    #expect(try decoded(on: Device(FaultingBackend())) == expected)
    #expect(try decoded(on: Device(LateBackend())) == expected)
  }

  /// One read per sub-pixel, and two before: whether the weights are finite, and the inputs.
  @Test func decodingReadsOncePerSubPixel() throws {
    let backend = LateBackend()
    let model = try smallModel(on: Device(backend))
    let before = backend.roundTrips
    let result = try model.decode(randomPixels([1, 2, 2, model.channels], seed: 1))
    #expect(backend.roundTrips - before <= result.count + 2)
  }
}
