import ArgumentParser
import Cajal
import Foundation

/// `throughput train-step`: the time of a training step.
struct TrainStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-step",
    abstract: "Steps of real training runs: examples, loss, gradients and update.",
    discussion: """
      The library's trainer runs on synthetic tissue; the times are those of its steps, without \
      the first ones and without evaluations.
      """)

  @OptionGroup var options: Options

  func run() throws { try Self.measure(options) }

  static func measure(_ options: Options) throws {
    let device = try options.openDevice()
    let cases = TrainingCase.all + (device == .cpu ? [] : TrainingCase.large)
    try options.measure(cases.map { $0.benchmark(on: device) })
  }

  /// The restoration model's step.
  static func restoration(on device: Device) -> BenchmarkCase {
    TrainingCase.restoration.benchmark(on: device)
  }

  /// The tiny model with four pictures a step, what data are compared with.
  static var tiny: BenchmarkCase { TrainingCase.tiny.benchmark(on: .cpu) }
}

/// A model, a batch and how many steps are enough.
private struct TrainingCase {
  /// The name of the set of hyperparameters, shortened in the case's name by nothing.
  let set: String
  let batch: Int
  /// Steps that are not counted, and those that are.
  let warmUpSteps: Int, timedSteps: Int
  /// The useful operations of a step, an image.
  let flopsPerImage: Double?

  static let tiny = TrainingCase(
    set: "img2img_transformer2d_tiny", batch: 4, warmUpSteps: 3, timedSteps: 9,
    flopsPerImage: 19.62e9)

  static let restoration = TrainingCase(
    set: "restoration_base", batch: 8, warmUpSteps: 3, timedSteps: 25, flopsPerImage: nil)

  static let all = [
    tiny,
    TrainingCase(
      set: "img2img_transformer2d_tiny", batch: 18, warmUpSteps: 1, timedSteps: 4,
      flopsPerImage: 19.62e9),
    TrainingCase(
      set: "cajal2d_tiny", batch: 4, warmUpSteps: 2, timedSteps: 7, flopsPerImage: nil),
    TrainingCase(
      set: "img2img_transformer2d_base", batch: 1, warmUpSteps: 1, timedSteps: 3,
      flopsPerImage: 778e9),
  ]

  /// What fills a GPU.
  static let large = [
    TrainingCase(
      set: "img2img_transformer2d_base", batch: 8, warmUpSteps: 3, timedSteps: 9,
      flopsPerImage: 778e9),
    TrainingCase(
      set: "restoration_base", batch: 64, warmUpSteps: 3, timedSteps: 25, flopsPerImage: nil),
  ]

  func benchmark(on device: Device) -> BenchmarkCase {
    BenchmarkCase(
      "\(set)_b\(batch)", flops: flopsPerImage.map { $0 * Double(batch) }, images: batch
    ) { try stepDurations(on: device) }
  }

  /// The seconds of each of a few steps, by the kind of model that has the set.
  private func stepDurations(on device: Device) throws -> [Double] {
    RestorationHyperparameters.setNames.contains(set)
      ? try stepDurations(of: RestorationModel.self, on: device)
      : try stepDurations(of: Img2ImgTransformer.self, on: device)
  }

  /// Trains for a few steps in a folder that is thrown away.
  private func stepDurations<M: ProblemModel>(
    of kind: M.Type, on device: Device
  ) throws -> [Double] {
    let data = try SyntheticData()
    let model = try M(M.Hyperparameters.named(set), for: data.dataset.problem, seed: 1, on: device)
    let steps = warmUpSteps + timedSteps
    var options = TrainerOptions()
    options.batchSize = batch
    options.evaluationInterval = 0
    options.checkpointInterval = steps + 1
    options.logInterval = steps + 1
    let trainer = Trainer(
      model: model, optimizer: model.hyperparameters.optimizer(steps: 10_000),
      groups: model.hyperparameters.groups(steps: 10_000), run: data.folder.path("run"),
      options: options)
    let clock = StepClock()
    _ = try trainer.fit(
      PictureData(data.dataset, for: model), steps: steps, observers: [clock])
    return zip(clock.ends.dropFirst(), clock.ends).map { $0 - $1 }.suffix(timedSteps)
  }
}

/// Notes when a run tells of each step. `@unchecked Sendable`: it does so on one thread.
private final class StepClock: TrainingObserver, @unchecked Sendable {
  private(set) var ends: [Double] = []

  func observe(_ event: TrainingEvent) {
    if case .step = event { ends.append(BenchmarkCase.now) }
  }
}
