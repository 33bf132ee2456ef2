import Cajal

/// A second kind of model, to see that nothing in the commands is about image transformers: it
/// enlarges inputs of any size bicubically and learns a gain (group `trunk`) and an offset (group
/// `head`).
struct GainModel: ProblemModel {
  struct Hyperparameters: ModelHyperparameters {
    var batchSize = 2
    var learningRate = 0.01
    var defaultLength = 0

    enum CodingKeys: String, CodingKey, CaseIterable {
      case batchSize = "batch_size"
      case learningRate = "learning_rate"
      case defaultLength = "default_length"
    }

    static var names: [String] { CodingKeys.allCases.map(\.rawValue) }
    static var sets: [NamedSet] {
      [("gain_small", Self()), ("gain_timed", Self().with { $0.defaultLength = 3 })]
    }

    static func choices(of name: String) -> String { "a whole number" }

    var defaultSteps: Int? { defaultLength > 0 ? defaultLength : nil }

    func validate() throws {
      guard batchSize < 1 else { return }
      throw HyperparameterError(name: "batch_size", reason: "is at least 1, not \(batchSize)")
    }

    func optimizer(steps: Int) -> Optimizer { .adam(schedule(steps)) }

    func groups(steps: Int) -> [String: GroupTraining] {
      ["head": GroupTraining(.sgd(schedule(steps)))]
    }

    private func schedule(_ steps: Int) -> Schedule {
      learningRate * .cosineDecay(steps: max(steps, 1))
    }
  }

  struct Configuration: Codable, Hashable, Sendable {
    var hyperparameters: Hyperparameters
    var ratio: Int, channels: Int
    var normalization: PixelNormalization?
  }

  /// Enlarged inputs and targets, from 0 to 1.
  struct Batch: Sendable {
    let enlarged: Tensor<Float>, targets: Tensor<Float>
  }

  static let kind = "gain"
  static let lossUnit = "nats per sub-pixel"
  static let trainingLossUnit = ""

  let configuration: Configuration
  let layout: ParameterLayout
  var parameters: ParameterValues
  private let gain, offset: Parameter

  init(configuration: Configuration, on device: Device) throws {
    self.configuration = configuration
    var builder = ParameterBuilder()
    gain = builder.group("trunk") {
      $0.declare("gain", shape: [1], initializer: .constant(0.5))
    }
    offset = builder.group("head") {
      $0.declare("offset", shape: [1], initializer: .constant(0))
    }
    layout = builder.layout
    parameters = try layout.initialValues(seed: 1, on: device)
  }

  init(
    _ hyperparameters: Hyperparameters, for problem: some Problem, seed: UInt64, on device: Device
  ) throws {
    let (input, target) = (problem.inputShape, problem.targetShape)
    try self.init(
      configuration: Configuration(
        hyperparameters: hyperparameters, ratio: target.height / input.height,
        channels: target.channels, normalization: problem.normalization), on: device)
  }

  static func hyperparameters(of configuration: Configuration) -> Hyperparameters {
    configuration.hyperparameters
  }

  var channels: Int { configuration.channels }
  var normalization: PixelNormalization? { configuration.normalization }
  var decodings: [Decoding] { [.onePass] }
  var pictureShapes: PictureShapes { .anySize(ratio: configuration.ratio, channels: channels) }
  var trainingDefaults: TrainingDefaults {
    TrainingDefaults(batchSize: hyperparameters.batchSize, microBatchSize: 2)
  }

  var batchMaker: @Sendable (_ inputs: [Image], _ targets: [Image]) throws -> Batch {
    let ratio = configuration.ratio
    return { inputs, targets in
      Batch(
        enlarged: Self.tensor(inputs.map { Self.enlarged($0, ratio) }),
        targets: Self.tensor(targets))
    }
  }

  func loss(_ batch: Batch, objective: Objective, _ pass: ForwardPass) -> Variable {
    let made = pass.tape.constant(batch.enlarged) * pass(gain) + pass(offset)
    let error = made - pass.tape.constant(batch.targets)
    let nats = error.abs().mean() * 10
    guard pass.randomness != nil else { return nats }
    pass.report("nats", nats)
    return error.squared().mean()
  }

  func predict(
    _ inputs: [Image], decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> [Image] {
    try checkDecoding(decoding)
    let (gain, offset) = (parameters[gain].scalar, parameters[offset].scalar)
    return inputs.map { input in
      var image = Self.enlarged(input, configuration.ratio)
      let values = image.pixels.map { Float($0) * gain + 255 * offset }
      image = Image(
        width: image.width, height: image.height, channels: image.channels,
        pixels: values.map { UInt8(max(0, min(255, $0.rounded()))) })
      return image
    }
  }

  private static func enlarged(_ image: Image, _ ratio: Int) -> Image {
    image.resized(width: ratio * image.width, height: ratio * image.height, filter: .bicubic)
  }

  private static func tensor(_ images: [Image]) -> Tensor<Float> {
    Tensor(
      images.flatMap(\.pixels).map { Float($0) / 255 },
      shape: [images.count, images[0].height, images[0].width, images[0].channels])
  }
}
