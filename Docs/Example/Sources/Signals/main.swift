import Cajal
import Foundation

// MARK: - Data

/// Sums of a few waves with noise added, computed on demand.
struct NoisySignals: TrainingData {
  static let length = 64
  let evaluationCount = 256

  func trainingBatch(_ numbers: Range<Int>, step: Int, seed: UInt64) -> Denoiser.Batch {
    func key(_ stream: UInt32) -> RandomKey {
      RandomKey(seed: seed, stream: stream, step: UInt64(numbers.lowerBound))
    }
    // A sine and a cosine of each of 16 frequencies: [32, length].
    let time = Tensor<Float>.linspace(from: 0, to: 2 * .pi, count: Self.length)
    let angles = Tensor<Float>.arange(from: 1, to: 17).expanded(axis: 1) * time
    let waves = Tensor.concatenate([angles.sin(), angles.cos()], axis: 0)
    // One wave in ten is present.
    let shape: Shape = [numbers.count, waves.shape[0]]
    let isPresent = Tensor<Float>(randomUniform: shape, key: key(1)) .< 0.1
    let amplitudes = Tensor.where(isPresent, Tensor<Float>(randomNormal: shape, key: key(2)), 0)
    let clean = amplitudes.matmul(waves)
    let noise = Tensor<Float>(randomNormal: clean.shape, key: key(3)) * 0.5
    return Denoiser.Batch(noisy: clean + noise, clean: clean)
  }

  func evaluationBatch(_ range: Range<Int>) -> Denoiser.Batch {
    trainingBatch(range, step: 0, seed: 0)
  }
}

// MARK: - A differentiable operation

/// Soft thresholding, sign(x) · max(|x| - threshold, 0): `[batch, n]` with one threshold per
/// column.
func shrink(_ x: Variable, by threshold: Variable) -> Variable {
  let excess = x.value.abs() - threshold.value
  let isLarge = excess .> 0
  let sign = Tensor.where(isLarge, x.value.sign(), 0)
  return x.tape.record("shrink", sign * excess, from: [x, threshold]) { gradient in
    [Tensor.where(isLarge, gradient, 0), -(gradient * sign).sum(axis: 0)]
  }
}

// MARK: - Model

/// Transforms a signal, shrinks small coefficients to zero and transforms back.
struct Denoiser: Model {
  struct Configuration: Codable, Hashable, Sendable {
    var length = NoisySignals.length
    var coefficients = 128
  }

  /// Signals `[batch, length]`.
  struct Batch: Sendable { let noisy, clean: Tensor<Float> }

  static let kind = "signal-denoiser"
  static let lossUnit = "mean squared error"

  let configuration: Configuration
  let layout: ParameterLayout
  var parameters: ParameterValues
  private let analysis, synthesis, threshold: Parameter

  init(configuration: Configuration, on device: Device) throws {
    self.configuration = configuration
    let (length, count) = (configuration.length, configuration.coefficients)
    var builder = ParameterBuilder()
    (analysis, synthesis) = builder.group("transform") {
      (
        $0.declare("analysis", shape: [length, count], initializer: .uniformUnitScaling(gain: 1)),
        $0.declare("synthesis", shape: [count, length], initializer: .uniformUnitScaling(gain: 1))
      )
    }
    threshold = builder.group("shrinkage") {
      $0.declare("threshold", shape: [count], initializer: .constant(0.1))
    }
    layout = builder.layout
    parameters = try layout.initialValues(seed: 1, on: device)
  }

  func restored(_ noisy: Variable, _ pass: ForwardPass) -> Variable {
    shrink(noisy.matmul(pass(analysis)), by: pass(threshold)).matmul(pass(synthesis))
  }

  func loss(_ batch: Batch, objective: Objective, _ pass: ForwardPass) -> Variable {
    let clean = pass.tape.constant(batch.clean)
    return (restored(pass.tape.constant(batch.noisy), pass) - clean).squared().mean()
  }
}

// MARK: - Training

// The derivative agrees with finite differences.
let check = GradientCheck(of: [[[-2, -0.3, 0.2, 1]], [0.5, 0.5, 0.75, 0.25]]) {
  shrink($0[0], by: $0[1])
}
precondition(check.largestError < 1e-3, "the derivative of shrink is wrong")

let run = FileManager.default.temporaryDirectory
  .appendingPathComponent("cajal-signals-\(ProcessInfo.processInfo.processIdentifier)").path
defer { try? FileManager.default.removeItem(atPath: run) }

let data = NoisySignals()
var options = TrainerOptions()
options.batchSize = 64
options.microBatchSize = 64
options.evaluationInterval = 200
options.evaluationExamples = data.evaluationCount
let trainer = Trainer(
  model: try Denoiser(configuration: .init(), on: .cpu),
  optimizer: .adamW(.constant(3e-3), clipNorm: 1),
  groups: ["shrinkage": GroupTraining(.adam(.constant(1e-3)))], run: run, options: options)

// An observer passes every event on; the task is canceled when the loss is low enough.
let (events, continuation) = AsyncStream.makeStream(of: TrainingEvent.self)
let training = Task {
  defer { continuation.finish() }
  return try await trainer.fit(
    data, steps: 10_000, observers: [EventHandler { continuation.yield($0) }])
}
for await event in events {
  guard case .evaluated(let evaluation) = event else { continue }
  print("step \(evaluation.step): held-out loss \(evaluation.loss)")
  if evaluation.loss < 0.1 { training.cancel() }
}
do {
  _ = try await training.value
  fatalError("it has not learned")
} catch is CancellationError {}

// Cancellation has written a checkpoint: training continues from it.
let stopped = try TrainedRun<Denoiser>(run)
print("canceled at step \(stopped.step)")
let history = try await trainer.fit(data, steps: stopped.step + 500, resume: .required)
let loss = try history.model.meanLoss(data, examples: 0..<data.evaluationCount)
print("step \(history.step): held-out loss \(loss)")
precondition(loss < 0.1, "the loss has risen")
