public import CajalModels
public import CajalTensor
public import CajalTraining

/// A model that is made from hyperparameters for any problem, as the commands do it.
///
/// A program that names its problem and its hyperparameters needs no more than `PictureModel`.
public protocol ProblemModel: PictureModel {
  /// The hyperparameters of the model and of its training.
  associatedtype Hyperparameters: ModelHyperparameters

  /// Creates a model for a problem, which determines sizes or ratio of pictures, the channels and
  /// the normalization.
  ///
  /// - Parameters:
  ///   - hyperparameters: All else that shapes the model.
  ///   - problem: The problem of the data set that the model is trained on.
  ///   - seed: Determines the initial weights.
  ///   - device: Where the weights are to be.
  /// - Throws: `HyperparameterError` when the model cannot be built, and `ProblemError` when the
  ///   problem's normalization is not for its channels.
  init(
    _ hyperparameters: Hyperparameters, for problem: some Problem, seed: UInt64, on device: Device)
    throws

  /// The hyperparameters of a recorded configuration.
  static func hyperparameters(of configuration: Configuration) -> Hyperparameters

  /// Checks that those of the hyperparameters `names` that a problem determines match it. Default:
  /// it determines none.
  ///
  /// - Throws: `HyperparameterError` that names the one that differs.
  static func checkPictures(
    of names: [String], in hyperparameters: Hyperparameters, fit problem: some Problem) throws

  /// The pictures that the model takes and makes.
  var pictureShapes: PictureShapes { get }
}

extension ProblemModel {
  /// Default: a problem determines no hyperparameter.
  public static func checkPictures(
    of names: [String], in hyperparameters: Hyperparameters, fit problem: some Problem
  ) {}

  /// The hyperparameters.
  public var hyperparameters: Hyperparameters { Self.hyperparameters(of: configuration) }
}

extension ProblemModel {
  /// Default: enlarges the picture as a whole, without entropies.
  public func upsampler(
    width: Int, height: Int, options: UpsamplingOptions
  ) throws -> any PictureUpsampler {
    let (width, height) =
      switch pictureShapes {
      case .fixed(_, let target): (target.width, target.height)
      case .anySize(let ratio, _): (ratio * width, ratio * height)
      }
    return try WholePictureUpsampler(self, width: width, height: height, options: options)
  }
}
