import Cajal
import Foundation

/// Calls a closure with the path of a new folder, which is removed afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("cajal-cuda-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}

/// Models whose steps an emulated device makes in a second.
enum SmallRun {
  /// Tiles of 16 × 16 for a problem from 2 × 2 to 4 × 4.
  static func data(in folder: String) throws -> Dataset {
    try AllenBrain(.upsampling(from: 2, to: 4))
      .setting(["tile_size": "16", "tissue": "everything"])
      .generateData(from: SyntheticTissue.sections(3, size: 64), to: folder + "/data")
  }

  /// A trainer of an Image Transformer with dropout, label smoothing and an average.
  static func transformer(
    run: String, for problem: any Problem, on device: Device
  ) throws -> Trainer<Img2ImgTransformer> {
    let hyperparameters = Img2ImgHyperparameters.cajal2DTiny.with {
      $0.hiddenSize = 16
      $0.filterSize = 16
      $0.numHeads = 2
      $0.numEncoderLayers = 1
      $0.numDecoderLayers = 1
      $0.queryShape = [2, 6]
      $0.memoryFlange = [2, 6]
      $0.batchSize = 2
      $0.learningRateWarmupSteps = 1
      $0.layerPrepostprocessDropout = 0.1
      $0.attentionDropout = 0.1
      $0.labelSmoothing = 0.1
    }
    let model = try Img2ImgTransformer(hyperparameters, for: problem, seed: 2, on: device)
    let trainer = Trainer(
      model: model, optimizer: .adamW(.constant(1e-2), clipNorm: 1), run: run)
    return withOptions(trainer)
  }

  /// A trainer of a restoration model with an average.
  static func restoration(
    run: String, for problem: any Problem, on device: Device
  ) throws -> Trainer<RestorationModel> {
    let hyperparameters = RestorationHyperparameters.small.with {
      $0.trunkWidth = 8
      $0.trunkBlocks = 1
      $0.headFeatures = 4
      $0.headWidth = 8
      $0.headLayers = 1
      $0.mixtureComponents = 2
      $0.batchSize = 2
      $0.pixelsPerPicture = 8
      $0.learningRateWarmupSteps = 2
    }
    let model = try RestorationModel(hyperparameters, for: problem, seed: 2, on: device)
    return withOptions(Trainer(model: model, steps: 4, run: run))
  }

  private static func withOptions<M>(_ trainer: Trainer<M>) -> Trainer<M> {
    var trainer = trainer
    trainer.options.replicas = 1
    trainer.options.microBatchSize = 2
    trainer.options.evaluationInterval = 2
    trainer.options.evaluationExamples = 2
    trainer.options.checkpointInterval = 2
    trainer.options.logInterval = 1
    trainer.options.weightAverageDecay = 0.9
    return trainer
  }
}
