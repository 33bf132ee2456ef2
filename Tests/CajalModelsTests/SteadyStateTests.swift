import CajalAutodiff
import CajalLayers
import CajalModels
import CajalSupport
import CajalTensor
import Testing

@Suite struct SteadyStateTests {
  /// Loss and gradients of one picture, with dropout.
  private func step(
    _ model: Img2ImgTransformer, _ gradients: ParameterGradients, number: UInt64
  ) -> Float {
    let shape: Shape = [1, model.targetLength, model.targetLength, model.channels]
    gradients.reset()
    let tape = Tape(parameterGradients: gradients)
    let pass = ForwardPass(
      tape: tape, parameters: model.parameters,
      randomness: RandomKey(seed: 5, stream: 0, step: number))
    let inputs = randomPixels([1, 2, 2, model.channels], seed: number)
    let targets = randomPixels(shape, seed: number + 1)
    let loss = model.loss(inputs: inputs, targets: targets, pass)
    tape.backward(from: loss)
    return loss.value.scalar
  }

  /// Wide and long enough that products, attention and row operations are all cut into several
  /// pieces.
  private func model(on device: Device) throws -> Img2ImgTransformer {
    try smallModel(
      {
        $0.hiddenSize = 64
        $0.filterSize = 256
        $0.imgLen = 16
        $0.queryShape = [8, 16]
        $0.memoryFlange = [8, 16]
        $0.layerPrepostprocessDropout = 0.1
        $0.initializerGain = 1
      }, on: device)
  }

  /// After the first steps a step takes all of its memory from what earlier ones gave back.
  @Test func stepsAskForNoMemory() throws {
    let backend = try #require(CPUBackend(.best))
    let device = Device(backend)
    let model = try model(on: device)
    let gradients = try ParameterGradients(for: model.layout, on: device)
    Threads.limited(to: 1) {
      for number in 0..<2 { _ = step(model, gradients, number: UInt64(number)) }
      let before = backend.systemAllocations
      for number in 2..<6 { _ = step(model, gradients, number: UInt64(number)) }
      #expect(before > 0)
      #expect(backend.systemAllocations == before)
    }
  }

  /// Loss and gradients have the same bits for any number of threads.
  @Test func bitsDoNotDependOnThreads() throws {
    let model = try model(on: .cpu)
    let results = try [1, 2, 5].map { count in
      try Threads.limited(to: count) {
        let gradients = try ParameterGradients(for: model.layout)
        let loss = step(model, gradients, number: 1)
        return [loss.bitPattern] + (gradients.values[0]?.scalars ?? []).map(\.bitPattern)
      }
    }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
  }
}
