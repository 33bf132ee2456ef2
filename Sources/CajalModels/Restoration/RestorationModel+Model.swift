import CajalSupport
public import CajalAutodiff
import CajalImages
public import CajalLayers
public import CajalTensor
public import CajalTraining

/// A batch of pictures prepared for a ``RestorationModel``.
///
/// Pictures are on the model's device. The values of the random pixels of a step are picked on the
/// host, where their numbers are, and go to the device with these.
public struct RestorationBatch: Sendable {
  /// The inputs, `[batch, rows, columns, channels]`, normalized, 0 to 255.
  let inputs: Tensor<Float>
  /// The inputs enlarged bicubically, `[batch, ratio · rows, ratio · columns, channels]`, not
  /// rounded.
  let enlarged: Tensor<Float>
  /// The targets in the same shape, normalized.
  let targets: Tensor<Float>
  /// The targets as values of a distribution, on the host.
  let values: Tensor<Int32>
}

extension RestorationModel: Model {
  /// The kind of this model in `config.json`.
  public static let kind = "restoration"
  /// The unit of its loss on held-out examples.
  public static let lossUnit = "nats per sub-pixel"
  /// The loss in training is a sum of losses of several units; its log has the nats beside it.
  public static let trainingLossUnit = ""

  /// The model of a configuration on a device, with the weights of seed 0.
  ///
  /// - Throws: ``HyperparameterError`` when a model cannot be built.
  public init(configuration: Configuration, on device: Device) throws {
    try self.init(configuration, on: device)
  }

  /// The hyperparameters' batch size and decay of the average; four pictures at a time, which make
  /// full use of the kernels of convolutions. In adversarial fine-tuning eight, whose mean judgement
  /// others are compared with.
  public var trainingDefaults: TrainingDefaults {
    let isAdversarial = hyperparameters.isAdversarial
    return TrainingDefaults(
      batchSize: isAdversarial
        ? hyperparameters.adversarialBatchSize : hyperparameters.batchSize,
      microBatchSize: isAdversarial ? 8 : 4,
      weightAverageDecay: hyperparameters.weightAverageDecay)
  }

  /// The loss of a batch.
  ///
  /// In training, a pass with randomness, it is the mean absolute error of the trunk's picture
  /// divided by 16, plus ``RestorationHyperparameters/natsWeight`` times the nats per sub-pixel of
  /// random pixels. The head's location is the trunk's picture as a constant: the likelihood forms
  /// the trunk's features, not the picture. In adversarial fine-tuning it is that of the objective.
  /// Otherwise it is the nats per sub-pixel of all pixels.
  public func loss(
    _ batch: RestorationBatch, objective: Objective, _ pass: ForwardPass
  ) -> Variable {
    guard let randomness = pass.randomness, let crisp = network.crisp,
      let discriminator = network.discriminator
    else { return likelihoodLoss(batch, pass) }
    return adversarialLoss(
      batch, objective: objective, crisp: crisp, discriminator, randomness, pass)
  }

  private func likelihoodLoss(_ batch: RestorationBatch, _ pass: ForwardPass) -> Variable {
    let predicted = predict(batch, pass)
    guard pass.randomness != nil else {
      let count = predicted.picture.value.count / channels
      return nats(of: Array(0..<Int32(count)), predicted, batch, pass)
    }
    let error = absoluteError(predicted, batch)
    let nats = natsOfRandomPixels(predicted, batch, pass)
    pass.report("nats", nats)
    pass.report("absolute_error", error)
    return error.scaled(by: 1 / 16) + nats.scaled(by: hyperparameters.natsWeight)
  }
}
