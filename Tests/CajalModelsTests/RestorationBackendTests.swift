import CajalAutodiff
import CajalImages
import CajalLayers
import CajalTensor
import CajalTraining
import TestBackends
import Testing

@testable import CajalModels

/// Restoration models on the test backends: the bits of the processor, and few round trips.
@Suite struct RestorationBackendTests {
  private static let trunks = RestorationHyperparameters.Trunk.allCases

  /// The bits of loss and gradients in training, and of the loss in evaluation.
  private func trained(
    _ trunk: RestorationHyperparameters.Trunk, on device: Device
  ) throws -> [UInt32] {
    let model = try smallRestoration(trunk: trunk, on: device)
    let examples = randomExamples(model, 2, width: 3, height: 2)
    let batch = try model.batchMaker(examples.inputs, examples.targets)
    let gradients = try ParameterGradients(for: model.layout, on: device)
    let tape = Tape(parameterGradients: gradients)
    let pass = ForwardPass(
      tape: tape, parameters: model.parameters, randomness: RandomKey(seed: 5, stream: 0, step: 1))
    let loss = model.loss(batch, objective: .loss, pass)
    tape.backward(from: loss)
    let numbers = loss.value.scalars + gradients.values.flatMap { $0?.scalars ?? [] }
    return (numbers + [Float(model.evaluationLoss(batch))]).map(\.bitPattern)
  }

  @Test(arguments: trunks) func trainingHasTheSameBits(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    let expected = try trained(trunk, on: .cpu)
    #expect(try trained(trunk, on: Device(FaultingBackend())) == expected)
    #expect(try trained(trunk, on: Device(LateBackend())) == expected)
  }

  @Test(arguments: trunks) func picturesHaveTheSameBits(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    func decoded(on device: Device) throws -> [[Image]] {
      let model = try smallRestoration(RestorationCase(ratio: 2), trunk: trunk, on: device)
      let inputs = randomPictures(2, width: 3, height: 2, channels: 3, seed: 1)
      return try ([.sample(temperature: 0.8, seed: 4)] + model.decodings).map {
        try model.predict(inputs, decoding: $0, progress: nil)
      }
    }
    let expected = try decoded(on: .cpu)
    #expect(try decoded(on: Device(FaultingBackend())) == expected)
    #expect(try decoded(on: Device(LateBackend())) == expected)
  }

  @Test func intervalsAreTheProcessors() throws {
    func ends(on device: Device) throws -> [Int32] {
      let model = try smallRestoration(on: device)
      let examples = randomExamples(model, 1, width: 2, height: 1)
      let predicted = try #require(
        try model.credibleIntervals([0.5], inputs: examples.inputs, targets: examples.targets))
      return predicted.values.scalars
        + predicted.intervals.flatMap { $0.lower.scalars + $0.upper.scalars }
    }
    let expected = try ends(on: .cpu)
    #expect(try ends(on: Device(FaultingBackend())) == expected)
    #expect(try ends(on: Device(LateBackend())) == expected)
  }

  /// One read per wave; beside them whether each group of weights is finite, the trunk's picture
  /// and the result.
  @Test(arguments: [Decoding.sample(), .greedy, .mean]) func decodingReadsOncePerWave(
    decoding: Decoding
  ) throws {
    let backend = LateBackend()
    let model = try smallRestoration(on: Device(backend))
    let inputs = randomPictures(1, width: 3, height: 2, channels: 3, seed: 1)
    let waves = 12 + model.network.context.slope * 7
    let before = backend.roundTrips
    _ = try model.predict(inputs, decoding: decoding, progress: nil)
    #expect(backend.roundTrips - before <= waves + 4)
  }

  @Test func aLossReadsNothing() throws {
    let backend = LateBackend()
    let model = try smallRestoration(on: Device(backend))
    let examples = randomExamples(model, 2, width: 3, height: 2)
    let batch = try model.batchMaker(examples.inputs, examples.targets)
    let gradients = try ParameterGradients(for: model.layout, on: Device(backend))
    let before = backend.roundTrips
    for randomness in [RandomKey(seed: 5, stream: 0, step: 1), nil] {
      let tape = Tape(parameterGradients: gradients)
      let pass = ForwardPass(tape: tape, parameters: model.parameters, randomness: randomness)
      tape.backward(from: model.loss(batch, objective: .loss, pass))
    }
    #expect(backend.roundTrips == before)
  }
}
