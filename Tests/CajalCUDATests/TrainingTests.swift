import CUDAEmulator
import Cajal
import CajalCUDA
import CajalTensor
import Foundation
import Testing

/// Whole runs on emulated devices: steps with dropout and an average, evaluation, checkpoints and
/// decoding.
@Suite struct TrainingTests {
  /// What a run leaves.
  private struct Outcome {
    var checkpoint: [UInt8]
    var losses: [Double]
    var pictures: [Image]
  }

  /// Makes four steps, in one go or resumed after two of them, and decodes.
  private func outcome<M: PictureModel>(
    of trainer: Trainer<M>, _ data: Dataset, resumedOn other: Trainer<M>? = nil,
    decoding: [Decoding]
  ) throws -> Outcome {
    let last = other ?? trainer
    if other != nil {
      let stop = StopSignal([])
      let observer = EventHandler {
        if case .step(let made) = $0, made.step == 2 { stop.request() }
      }
      _ = try trainer.fit(data, steps: 4, stop: stop, observers: [observer])
    }
    let history = try last.fit(data, steps: 4, resume: .ifPresent)
    let device = last.model.parameters.device
    let opened = try TrainedRun<M>(last.run, on: device)
    #expect(opened.model.parameters.device == device)
    let input = try data.evaluationExamples[0].example().input
    return Outcome(
      checkpoint: try Files.read(RunFolder(existing: last.run).checkpointPath(step: 4)),
      losses: history.losses().map(\.loss) + history.losses("evaluation").map(\.loss),
      pictures: try decoding.map { try opened.model.upsample(input, decoding: $0) })
  }

  /// Runs in ascending and descending order of warps, the second one resumed on another device,
  /// have the same bits, and the losses of the processor within a share of them.
  private func expectAgreement<M: PictureModel>(
    decoding: [Decoding], in precision: Precision = .float32, products: ProductLibrary,
    share: Double = 1e-6,
    _ trainer: (_ run: String, any Problem, Device) throws -> Trainer<M>
  ) throws {
    try withFolder { folder in
      let data = try SmallRun.data(in: folder)
      let devices = try [cuda_emulator_ascending, cuda_emulator_descending].map {
        Device(try CUDABackend(emulated: $0, precision: precision, products: products))
      }
      let (ascending, descending) = (devices[0], devices[1])
      let whole = try outcome(
        of: trainer(folder + "/whole", data.problem, ascending), data, decoding: decoding)
      let resumed = try outcome(
        of: trainer(folder + "/resumed", data.problem, ascending), data,
        resumedOn: trainer(folder + "/resumed", data.problem, descending), decoding: decoding)
      #expect(whole.checkpoint == resumed.checkpoint)
      #expect(whole.losses == resumed.losses && whole.losses.count == 6)
      #expect(whole.pictures == resumed.pictures)
      let cpu = try outcome(
        of: trainer(folder + "/cpu", data.problem, .cpu), data, decoding: decoding)
      for (own, expected) in zip(whole.losses, cpu.losses) {
        #expect(abs(own - expected) <= share * abs(expected), "\(own), on the CPU \(expected)")
      }
      let recorded = try RunFolder(existing: folder + "/resumed").configuration(
        as: RunConfiguration<M.Configuration, PictureDataRecord>.self)
      #expect(recorded.devices == [RunDevice(ascending, from: 0), RunDevice(descending, from: 2)])
      guard precision == .float32 else { return }
      // The same weights are decoded by the processor: a sample differs only where a random number
      // falls between two nearly equal sums of probabilities.
      let opened = try TrainedRun<M>(folder + "/whole", on: .cpu)
      let input = try data.evaluationExamples[0].example().input
      for (decoding, own) in zip(decoding, whole.pictures) {
        let expected = try opened.model.upsample(input, decoding: decoding)
        let different = zip(own.pixels, expected.pixels).count { $0 != $1 }
        #expect(different <= 1, "\(different) of \(own.pixels.count) numbers")
      }
    }
  }

  @Test(arguments: [ProductLibrary.own, .cublasAlways])
  func imageTransformer(products: ProductLibrary) throws {
    try expectAgreement(
      decoding: [.sample(seed: 3)], products: products, SmallRun.transformer)
  }

  @Test(arguments: [ProductLibrary.own, .cublasAlways])
  func restorationModel(products: ProductLibrary) throws {
    try expectAgreement(
      decoding: [.onePass, .sample(seed: 3)], products: products, SmallRun.restoration)
  }

  /// Losses differ by what rounding makes of logits: each is off by about the unit roundoff, 1/256,
  /// and a loss averages many.
  @Test func imageTransformerInBFloat16() throws {
    try expectAgreement(
      decoding: [], in: .bfloat16, products: .cublasAlways, share: 0x1p-8, SmallRun.transformer)
  }

  @Test func restorationModelInBFloat16() throws {
    try expectAgreement(
      decoding: [], in: .bfloat16, products: .own, share: 0x1p-8, SmallRun.restoration)
  }

  /// New models have the same bits on all devices.
  @Test func initialization() throws {
    let problem = AllenBrain(.upsampling(from: 2, to: 4))
    let device = try EmulatedDevices.all[1].get()
    let own = try SmallRun.transformer(run: "", for: problem, on: device).model.parameters
    let expected = try SmallRun.transformer(run: "", for: problem, on: .cpu).model.parameters
    #expect(own.buffers.map(\.scalars) == expected.buffers.map(\.scalars))
  }
}
