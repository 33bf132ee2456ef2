public import CajalLayers
public import CajalTensor

/// tensor2tensor's Image Transformer for pictures to pictures (Parmar et al. 2018): an encoder over the
/// sub-pixels of the input, and a decoder that predicts the target's sub-pixels one after the other, each
/// from those before it and from the input.
///
/// A model is a value: its hyperparameters, and all of its weights in one flat tensor.
public struct Img2ImgTransformer: Sendable {
  /// What shaped it.
  public let hyperparameters: Img2ImgHyperparameters
  /// Rows and columns of an input picture.
  public let inputRows: Int, inputColumns: Int
  /// Where each parameter is in ``parameters``. Paths are tensor2tensor's variable names without the root
  /// scope.
  public let layout: ParameterLayout
  /// All weights, `[layout.bufferCount]`.
  public var parameters: Tensor<Float>
  let network: Network

  /// A model for inputs of `inputRows` × `inputColumns` with weights drawn from a seed.
  ///
  /// - Throws: ``HyperparameterError`` when a model cannot be built.
  public init(
    _ hyperparameters: Img2ImgHyperparameters, inputRows: Int, inputColumns: Int, seed: UInt64 = 0,
    on device: Device = .cpu
  ) throws {
    try hyperparameters.validate()
    precondition(inputRows > 0 && inputColumns > 0, "an input has rows and columns")
    var builder = ParameterBuilder()
    network = Network(
      hyperparameters, inputRows: inputRows, inputColumns: inputColumns, in: &builder)
    self.hyperparameters = hyperparameters
    self.inputRows = inputRows
    self.inputColumns = inputColumns
    layout = builder.layout
    parameters = layout.initialValues(seed: seed, on: device)
  }

  /// Rows and columns of a target picture.
  public var targetLength: Int { hyperparameters.imgLen }
  /// Channels of inputs and targets.
  public var channels: Int { hyperparameters.numChannels }
  /// The order in which sub-pixels are predicted: plane positions, row · (columns · channels) + column.
  public var decodeOrder: [Int] { network.order.planePositions }
}
