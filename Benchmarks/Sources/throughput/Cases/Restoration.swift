import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput restoration`: a restoration model's training steps and decoding.
struct Restoration: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Training steps of trunk and head, whole steps, and decoding.",
    discussion: """
      The model is restoration_base, 8 × 8 to 32 × 32. restoration_trunk_… is the loss of the trunk's pictures and its \
      gradient, restoration_head_… that of 2048 random pixels of 8 pictures, given the trunk's features; neither \
      updates weights. restoration_base_… is a training run's step, examples and update included, and \
      restoration_examples_… the making of its examples on one thread. decode_… are pictures drawn by wavefront, \
      each pixel at temperature 1, or the trunk's pictures.
      """)

  @OptionGroup var options: Options

  func run() throws { try Self.measure(options) }

  static func measure(_ options: Options) throws {
    let device = try options.openDevice()
    try options.measure(
      [
        step("restoration_trunk_b8", on: device) { $0.trunkStep() },
        step("restoration_head_b8", on: device) { $0.headStep() },
        TrainStep.restoration(on: device), examples,
      ]
        + [1, 16].flatMap { batch in
          [
            Decode.restoration(
              .base, "decode_restoration_wavefront_b\(batch)", .sample(temperature: 1, seed: 1),
              batch, on: device),
            Decode.restoration(
              .base, "decode_restoration_one_pass_b\(batch)", .onePass, batch, on: device),
          ]
        })
  }

  private static func step(
    _ name: String, on device: Device, _ work: @escaping (TimedRestoration) -> Void
  ) -> BenchmarkCase {
    BenchmarkCase(name, images: 8, minimumRuns: 9, warmUpRuns: 3) {
      let restoration = try TimedRestoration(.base, pictures: 8, on: device)
      return { work(restoration) }
    }
  }

  /// A batch from stored tiles, as the trainer's feed makes it.
  private static var examples: BenchmarkCase {
    BenchmarkCase("restoration_examples_b8", images: 8, minimumRuns: 9) {
      let data = try SyntheticData()
      let model = try RestorationModel(.base, for: data.dataset.problem, seed: 1, on: .cpu)
      let batches = try PictureData(data.dataset, for: model)
      return { _ = try batches.trainingBatch(0..<8, step: 0, seed: 1) }
    }
  }
}
