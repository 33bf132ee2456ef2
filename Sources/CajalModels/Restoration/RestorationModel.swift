import CajalSupport
public import CajalAutodiff
public import CajalImages
import CajalLayers
public import CajalTensor

/// Restores pictures: predicts a picture `ratio` times as large as its input in one pass, and the
/// distribution of each of its pixels given those before it.
///
/// Two networks, each a group of parameters. The *trunk* (``RestorationHyperparameters/trunk``)
/// computes features from which the picture is predicted as a difference from the bicubically
/// enlarged input, at first zero. The *head* predicts the distribution of a pixel, a mixture of
/// discretized logistics relative to the predicted picture, from the trunk's features, the pixels
/// decoded before it in a window of 7 × 7, and, where an input pixel is the floor of the mean of its
/// block, what is left of the block's sum. Neither knows a pixel's place in the picture, so that a
/// model works on pictures of any size.
///
/// The likelihood's form is that of PixelCNN++ (Salimans et al. 2017), conditioned on a trunk like
/// that of EDSR (Lim et al. 2017); as in PixelSNAIL's ablations, neighbors matter most, so that the
/// head has no attention.
public struct RestorationModel: Sendable {
  /// Everything that defines the model except its weights.
  public let configuration: Configuration
  /// The layout of ``parameters``: the groups `trunk` and `head`, and in adversarial fine-tuning
  /// `crisp`, which is like the trunk, and `discriminator`.
  public let layout: ParameterLayout
  /// All weights.
  public var parameters: ParameterValues
  let network: RestorationNetwork

  /// What defines a model beside its weights.
  public struct Configuration: Sendable, Hashable, Codable {
    /// The hyperparameters.
    public var hyperparameters: RestorationHyperparameters
    /// How many times as large as its input a picture is.
    public var ratio: Int
    /// Channels of inputs and pictures.
    public var channels: Int
    /// Whether each input pixel is the floor of the mean of a block of the target.
    public var inputsAreBlockMeans: Bool
    /// The pixel normalization.
    public var normalization: PixelNormalization?

    /// A configuration from its parts.
    public init(
      hyperparameters: RestorationHyperparameters = RestorationHyperparameters(), ratio: Int = 4,
      channels: Int = 3, inputsAreBlockMeans: Bool = true, normalization: PixelNormalization? = nil
    ) {
      self.hyperparameters = hyperparameters
      self.ratio = ratio
      self.channels = channels
      self.inputsAreBlockMeans = inputsAreBlockMeans
      self.normalization = normalization
    }
  }

  /// Creates a model with random weights from a seed.
  ///
  /// - Throws: ``HyperparameterError`` when a model cannot be built.
  public init(_ configuration: Configuration, seed: UInt64 = 0, on device: Device = .cpu) throws {
    try configuration.validate()
    var builder = ParameterBuilder()
    network = RestorationNetwork(configuration, in: &builder)
    self.configuration = configuration
    layout = builder.layout
    try configuration.checkSize(of: layout)
    parameters = try layout.initialValues(seed: seed, on: device)
  }

  /// The hyperparameters.
  public var hyperparameters: RestorationHyperparameters { configuration.hyperparameters }
  /// How many times as large as its input a picture is.
  public var ratio: Int { configuration.ratio }
  /// Channels of inputs and pictures.
  public var channels: Int { configuration.channels }
  /// The normalization of inputs and targets, inverted for predictions.
  public var normalization: PixelNormalization? { configuration.normalization }
}
