import CajalSupport
public import CajalAutodiff
public import CajalImages
import CajalLayers
public import CajalTensor

/// tensor2tensor's Image Transformer for image-to-image problems (Parmar et al. 2018): an encoder
/// over the sub-pixels of the input, and an autoregressive decoder of the target's sub-pixels, each
/// predicted from those before it and from the input.
///
/// A model is a value: its hyperparameters, and all of its weights in one flat tensor.
public struct Img2ImgTransformer: Sendable {
  /// The hyperparameters.
  public let hyperparameters: Img2ImgHyperparameters
  /// Rows and columns of an input picture.
  public let inputRows: Int, inputColumns: Int
  /// The layout of ``parameters``. Paths are tensor2tensor's variable names without the root
  /// scope.
  public let layout: ParameterLayout
  /// All weights.
  public var parameters: ParameterValues
  /// The normalization of inputs and targets, inverted for predictions; `nil` for none. Losses are
  /// those of normalized values.
  ///
  /// It must have the model's number of channels; otherwise training and decoding throw, and a loss
  /// traps.
  public var normalization: PixelNormalization?
  let network: Network

  /// Creates a model for inputs of `inputRows` × `inputColumns` with random weights from a seed.
  ///
  /// - Throws: ``HyperparameterError`` when a model cannot be built. Its name is `input` where the
  ///   size of the inputs is what does not fit.
  public init(
    _ hyperparameters: Img2ImgHyperparameters, inputRows: Int, inputColumns: Int, seed: UInt64 = 0,
    on device: Device = .cpu
  ) throws {
    try Self.checkInput(hyperparameters, rows: inputRows, columns: inputColumns)
    try hyperparameters.validate(inputRows: inputRows, inputColumns: inputColumns)
    var builder = ParameterBuilder()
    network = Network(
      hyperparameters, inputRows: inputRows, inputColumns: inputColumns, on: device, in: &builder)
    self.hyperparameters = hyperparameters
    self.inputRows = inputRows
    self.inputColumns = inputColumns
    layout = builder.layout
    parameters = try layout.initialValues(seed: seed, on: device)
  }

  /// The maximum number of rows and columns of an input.
  static let maximumInputLength = 4096

  private static func checkInput(
    _ hyperparameters: Img2ImgHyperparameters, rows: Int, columns: Int
  ) throws {
    let possible = 1...maximumInputLength
    guard possible.contains(rows), possible.contains(columns) else {
      throw HyperparameterError(
        name: "input",
        reason: "has 1 to \(maximumInputLength) rows and columns, not \(rows) and \(columns)")
    }
    let (channels, tableRows) = (hyperparameters.numChannels, hyperparameters.maxLength)
    guard
      hyperparameters.pos != .embedding || !(1...3).contains(channels)
        || max(rows, columns * channels) <= tableRows
    else {
      throw HyperparameterError(
        name: "max_length",
        reason: "learned positions of the input need \(max(rows, columns * channels)) rows, "
          + "not \(tableRows)")
    }
  }

  /// The model with the same weights for inputs of another size, on which no weight depends.
  ///
  /// - Precondition: the size is positive and, for learned positions, not larger than the target.
  public func forInputs(rows: Int, columns: Int) -> Img2ImgTransformer {
    if rows == inputRows && columns == inputColumns { return self }
    return Img2ImgTransformer(self, inputRows: rows, inputColumns: columns)
  }

  /// The model without its weights, where only its layers are needed.
  var withoutWeights: Img2ImgTransformer {
    var model = self
    model.parameters = ParameterValues(
      parameters.buffers.map { Tensor(zeros: [0], on: $0.device) })
    return model
  }

  private init(_ model: Img2ImgTransformer, inputRows: Int, inputColumns: Int) {
    require(inputRows > 0 && inputColumns > 0, "an input has rows and columns")
    var builder = ParameterBuilder()
    network = Network(
      model.hyperparameters, inputRows: inputRows, inputColumns: inputColumns,
      on: model.parameters.device, in: &builder)
    require(builder.layout == model.layout, "no parameter depends on the size of the input")
    hyperparameters = model.hyperparameters
    self.inputRows = inputRows
    self.inputColumns = inputColumns
    layout = model.layout
    parameters = model.parameters
    normalization = model.normalization
  }

  /// Rows and columns of a target picture.
  public var targetLength: Int { hyperparameters.imgLen }
  /// Channels of inputs and targets.
  public var channels: Int { hyperparameters.numChannels }
  /// The order in which sub-pixels are predicted: plane positions, row · (columns · channels) +
  /// column.
  public var decodeOrder: [Int] { network.order.planePositions }
}
