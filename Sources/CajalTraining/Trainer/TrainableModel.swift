public import CajalAutodiff
public import CajalImages
public import CajalLayers
public import CajalModels
public import CajalTensor

/// What a trainer needs of a model: a flat buffer of parameters and a loss.
public protocol TrainableModel: Sendable {
  /// Where each parameter is in ``parameters``.
  var layout: ParameterLayout { get }
  /// All weights, `[layout.bufferCount]`.
  var parameters: Tensor<Float> { get set }
  /// What is written to a run's configuration and compared when a training is resumed.
  var settings: ModelSettings { get }
  /// The mean loss of a batch in nats per sub-pixel, recorded on the tape of `pass`.
  func loss(inputs: Tensor<UInt8>, targets: Tensor<UInt8>, _ pass: ForwardPass) -> Variable
  /// The same model for inputs of another size: the same parameters in the same places. A model that takes inputs of
  /// one size alone traps where that is another one.
  func forInputs(rows: Int, columns: Int) -> Self
}

/// What it takes to build a model again, its weights aside.
public struct ModelSettings: Sendable, Hashable, Codable {
  /// The kind of model, such as `img2img-transformer`.
  public var kind: String
  /// Its hyperparameters.
  public var hyperparameters: Img2ImgHyperparameters
  /// Rows and columns of an input.
  public var inputRows: Int, inputColumns: Int
  /// The brightness and contrast that it works with.
  public var normalization: PixelNormalization?

  /// The settings of an ``Img2ImgTransformer``.
  public init(_ model: Img2ImgTransformer) {
    kind = Self.img2imgTransformer
    hyperparameters = model.hyperparameters
    inputRows = model.inputRows
    inputColumns = model.inputColumns
    normalization = model.normalization
  }

  /// Throws unless the normalization is for the model's channels.
  func checkNormalization() throws(TrainingError) {
    guard let normalization, normalization.channels != hyperparameters.numChannels else { return }
    throw .unfitNormalization(
      channels: normalization.channels, model: hyperparameters.numChannels)
  }

  /// The kind of ``Img2ImgTransformer``.
  public static let img2imgTransformer = "img2img-transformer"
}

extension Img2ImgTransformer: TrainableModel {
  /// The hyperparameters and the size of an input.
  public var settings: ModelSettings { ModelSettings(self) }
}
