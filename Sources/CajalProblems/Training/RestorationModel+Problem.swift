public import CajalModels
public import CajalTensor

extension RestorationModel: ProblemModel {
  /// The hyperparameters of a configuration.
  public static func hyperparameters(
    of configuration: Configuration
  ) -> RestorationHyperparameters {
    configuration.hyperparameters
  }

  /// Pictures of any size, at the model's ratio.
  public var pictureShapes: PictureShapes { .anySize(ratio: ratio, channels: channels) }

  /// Creates a model for a problem, which determines the ratio, the channels and the normalization.
  /// If one of them depends on the training tiles, use the problem of their ``Dataset``.
  ///
  /// - Throws: `HyperparameterError` when the model cannot be built, as for a target that is no
  ///   whole number of times as large as its input, and `ProblemError` when the problem's
  ///   normalization is not for its channels.
  public init(
    _ hyperparameters: RestorationHyperparameters, for problem: some Problem, seed: UInt64 = 0,
    on device: Device = .cpu
  ) throws {
    let (input, target) = (problem.inputShape, problem.targetShape)
    let ratio = target.width / max(input.width, 1)
    guard
      target.width == ratio * input.width, target.height == ratio * input.height,
      target.channels == input.channels
    else {
      throw HyperparameterError(
        name: "ratio",
        reason: "\(problem.name) goes from \(input) to \(target); a restoration is a whole number "
          + "of times as large as its input, with the same channels; an Image Transformer, such as "
          + "the set cajal2d_tiny, takes any sizes")
    }
    try problem.checkNormalization()
    try self.init(
      Configuration(
        hyperparameters: hyperparameters, ratio: ratio, channels: input.channels,
        inputsAreBlockMeans: ratio > 1 && problem.inputsAreBlockMeans,
        normalization: problem.normalization),
      seed: seed, on: device)
  }
}
