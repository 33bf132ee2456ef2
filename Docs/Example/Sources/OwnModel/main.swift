import Cajal
import Foundation

/// Waves with noise on them, made when they are needed.
struct NoisyWaves: TrainingData {
  let evaluationCount = 16

  func trainingBatch(_ numbers: Range<Int>, step: Int, seed: UInt64) -> Denoiser.Batch {
    let shape: Shape = [numbers.count, 16, 16, 1]
    let waves: [Float] = numbers.flatMap { number in
      (0..<256).map { place -> Float in
        let (row, column) = place.quotientAndRemainder(dividingBy: 16)
        return sin(Float(column * (number % 5 + 1) + row * (number % 3)) / 8)
      }
    }
    let key = RandomKey(seed: seed, stream: 1, step: UInt64(numbers.lowerBound))
    let clean = Tensor(waves, shape: shape)
    return Denoiser.Batch(
      noisy: clean + Tensor<Float>(randomNormal: shape, standardDeviation: 0.5, key: key),
      clean: clean)
  }

  func evaluationBatch(_ range: Range<Int>) -> Denoiser.Batch {
    trainingBatch(range, step: 0, seed: 2)
  }
}

let folder = FileManager.default.temporaryDirectory
  .appendingPathComponent("cajal-own-model-\(ProcessInfo.processInfo.processIdentifier)").path
defer { try? FileManager.default.removeItem(atPath: folder) }
let (model, data) = (try Denoiser(configuration: .init(), on: .cpu), NoisyWaves())
var trainer = Trainer(
  model: model, optimizer: .adamW(.constant(3e-3)),
  groups: ["head": GroupTraining(.adam(.constant(1e-2), clipNorm: 1), averageDecay: 0.9)],
  run: folder)
trainer.options.batchSize = 8
let history = try trainer.fit(
  data, steps: 60, observers: [ProgressLines(every: 20) { print($0) }])
let before = try model.meanLoss(data, examples: 0..<16)
let after = try TrainedRun<Denoiser>(folder).model.meanLoss(data, examples: 0..<16)
print(String(format: "held-out mean squared error: %.3f before, %.3f after", before, after))
guard history.step == 60, after < before / 4 else { fatalError("it has not learned") }
