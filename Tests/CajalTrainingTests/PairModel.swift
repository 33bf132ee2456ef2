import Cajal

/// A model of two groups that are trained against each other, as in an adversarial loss:
/// `generator` moves its output toward the target and away from what `critic` says, and `critic`
/// learns what it is.
struct PairModel: Model {
  struct Configuration: Codable, Hashable, Sendable {
    var width: Int
    var dropout: Float = 0
  }

  /// Rows of numbers.
  struct Batch: Sendable {
    let inputs: Tensor<Float>
    let targets: Tensor<Float>
  }

  static let kind = "pair"

  let configuration: Configuration
  let layout: ParameterLayout
  var parameters: ParameterValues
  private let generator, critic: Dense

  init(configuration: Configuration, on device: Device) throws {
    guard configuration.width > 0 else {
      throw HyperparameterError(name: "width", reason: "is at least 1, not \(configuration.width)")
    }
    self.configuration = configuration
    let width = configuration.width
    var builder = ParameterBuilder()
    generator = builder.group("generator") {
      Dense(
        "generator", inputs: width, outputs: width, initializer: .normal(standardDeviation: 0.3),
        in: &$0)
    }
    critic = builder.group("critic") {
      Dense(
        "critic", inputs: width, outputs: 1, initializer: .normal(standardDeviation: 0.3), in: &$0)
    }
    layout = builder.layout
    parameters = try layout.initialValues(seed: 3, on: device)
  }

  var objectives: [Objective] {
    [Objective("generator", groups: ["generator"]), Objective("critic", groups: ["critic"])]
  }

  func loss(_ batch: Batch, objective: Objective, _ pass: ForwardPass) -> Variable {
    let inputs = pass.dropout(pass.tape.constant(batch.inputs), rate: configuration.dropout)
    let made = generator(inputs, pass)
    let target = pass.tape.constant(batch.targets)
    if objective.name == "generator" {
      return (made - target).squared().mean() + critic(made, pass).sigmoid().mean()
    }
    return critic(target, pass).sigmoid().mean() - critic(made.detached, pass).sigmoid().mean()
  }
}

/// Random rows for a ``PairModel``: the target is the input, reversed.
struct PairData: TrainingData {
  let width: Int
  var device = Device.cpu

  var evaluationCount: Int { 3 }

  func trainingBatch(_ numbers: Range<Int>, step: Int, seed: UInt64) -> PairModel.Batch {
    let rows = numbers.map { number in
      Tensor<Float>(
        randomNormal: [width], key: RandomKey(seed: seed, stream: 77, step: UInt64(number))
      ).scalars
    }
    return PairModel.Batch(
      inputs: Tensor(rows.flatMap { $0 }, shape: [numbers.count, width], on: device),
      targets: Tensor(
        rows.flatMap { $0.reversed() }, shape: [numbers.count, width], on: device))
  }

  func evaluationBatch(_ range: Range<Int>) -> PairModel.Batch {
    trainingBatch(range, step: 0, seed: 999)
  }
}

/// A trainer of a small ``PairModel`` with an optimizer for each group and an average of the
/// generator.
func pairTrainer(
  run: String, dropout: Float = 0, on device: Device = .cpu
) throws -> Trainer<PairModel> {
  var options = TrainerOptions()
  options.batchSize = 6
  options.microBatchSize = 2
  options.replicas = 2
  options.logInterval = 1
  options.evaluationInterval = 3
  options.checkpointInterval = 2
  return Trainer(
    model: try PairModel(configuration: .init(width: 5, dropout: dropout), on: device),
    optimizer: .sgd(.constant(0.1)),
    groups: ["generator": GroupTraining(.adam(.constant(0.05), clipNorm: 1), averageDecay: 0.9)],
    run: run, options: options)
}
