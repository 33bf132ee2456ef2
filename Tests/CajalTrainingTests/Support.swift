import Cajal
import CajalSupport
import Foundation
import Synchronization

/// Calls a closure with a new run folder, which is removed afterwards.
func withRunFolder(_ body: (RunFolder) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("cajal-run-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(try RunFolder(creating: folder.path))
}

/// Keeps every event of a run.
final class Events: TrainingObserver {
  private let events = Mutex<[TrainingEvent]>([])

  func observe(_ event: TrainingEvent) { events.withLock { $0.append(event) } }

  var all: [TrainingEvent] { events.withLock { $0 } }

  /// Why checkpoints could not be used.
  var skipped: [String] {
    all.compactMap { event in
      if case .skippedCheckpoint(let reason) = event { reason } else { nil }
    }
  }
}

/// The description of an error, or an empty string without one.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// Tiles of 16 × 16 for a problem from 2 × 2 to 4 × 4.
func smallData(in folder: String) throws -> Dataset {
  try AllenBrain(.upsampling(from: 2, to: 4)).setting(["tile_size": "16", "tissue": "everything"])
    .generateData(from: SyntheticTissue.sections(3, size: 64), to: folder + "/data")
}

/// A trainer of a model for ``smallData(in:)`` that makes a step in milliseconds.
func smallTrainer(run: String) throws -> Trainer<Img2ImgTransformer> {
  let hyperparameters = Img2ImgHyperparameters.cajal2DTiny.with {
    $0.hiddenSize = 16
    $0.filterSize = 16
    $0.numHeads = 2
    $0.numEncoderLayers = 1
    $0.numDecoderLayers = 1
    $0.queryShape = [2, 6]
    $0.memoryFlange = [2, 6]
    $0.batchSize = 4
    $0.learningRateWarmupSteps = 1
  }
  let problem = AllenBrain(.upsampling(from: 2, to: 4))
  let model = try Img2ImgTransformer(hyperparameters, for: problem, seed: 2)
  return Trainer(model: model, optimizer: .adamW(.constant(1e-2)), run: run)
}
