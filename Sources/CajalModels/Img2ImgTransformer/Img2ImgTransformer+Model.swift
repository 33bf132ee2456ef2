public import CajalAutodiff
public import CajalImages
public import CajalLayers
public import CajalTensor
public import CajalTraining

extension Img2ImgTransformer: PictureModel {
  /// Everything that defines the model except its weights.
  public struct Configuration: Sendable, Hashable, Codable {
    /// The hyperparameters.
    public var hyperparameters: Img2ImgHyperparameters
    /// Rows and columns of an input.
    public var inputRows: Int, inputColumns: Int
    /// The pixel normalization.
    public var normalization: PixelNormalization?
  }

  /// The kind of this model in `config.json`.
  public static let kind = "img2img-transformer"

  /// The unit of its loss.
  public static let lossUnit = "nats per sub-pixel"

  /// The hyperparameters, the size of an input and the normalization.
  public var configuration: Configuration {
    Configuration(
      hyperparameters: hyperparameters, inputRows: inputRows, inputColumns: inputColumns,
      normalization: normalization)
  }

  /// The model of a configuration on a device, with the weights of seed 0.
  ///
  /// - Throws: ``HyperparameterError`` when a model cannot be built.
  public init(configuration: Configuration, on device: Device) throws {
    try self.init(
      configuration.hyperparameters, inputRows: configuration.inputRows,
      inputColumns: configuration.inputColumns, on: device)
    normalization = configuration.normalization
  }

  /// The hyperparameters' batch size and decay of the average.
  public var trainingDefaults: TrainingDefaults {
    TrainingDefaults(
      batchSize: hyperparameters.batchSize,
      weightAverageDecay: hyperparameters.weightAverageDecay)
  }

  /// Checks that the normalization is for the model's channels.
  ///
  /// - Throws: ``HyperparameterError``.
  public func validate() throws {
    guard let normalization, normalization.channels != channels else { return }
    throw HyperparameterError(
      name: "num_channels",
      reason: "the model has \(channels) and its normalization \(normalization.channels); "
        + "give it one mean and one standard deviation for each channel")
  }

  /// The mean loss of a batch in nats per sub-pixel. Training, which has label smoothing and
  /// dropout, is a pass with randomness.
  public func loss(
    _ batch: Img2ImgBatch, objective: Objective, _ pass: ForwardPass
  ) -> Variable {
    let smoothing = pass.randomness == nil ? 0 : hyperparameters.labelSmoothing
    return distribution.loss(
      batch.network.logits(batch, pass), codes: batch.codes, smoothing: smoothing)
  }

  /// Makes batches of pictures of one size: targets of the model's own, inputs of any.
  public var batchMaker: @Sendable (_ inputs: [Image], _ targets: [Image]) throws -> Batch {
    let maker = Img2ImgBatchMaker(self)
    return { try maker.batch(inputs: $0, targets: $1) }
  }
}

extension Img2ImgTransformer {
  /// An upsampler of pictures of any size in tiles of the model's, which overlap by two input pixels
  /// and are blended there.
  ///
  /// A picture of the model's size is the only one for ``Decoding/zeroTarget`` and for models whose
  /// targets are not a whole number of times as large as their inputs.
  public func upsampler(
    width: Int, height: Int, options: UpsamplingOptions
  ) throws -> any PictureUpsampler {
    let decoding = options.decoding ?? defaultDecoding
    let factor = targetLength / inputRows
    let isWhole =
      factor * inputRows == targetLength && factor * inputColumns == targetLength
    guard decoding != .zeroTarget, isWhole else {
      return try WholePictureUpsampler(
        self, width: targetLength, height: targetLength, options: options)
    }
    try checkDecoding(decoding)
    try checkWeights()
    try checkIsCausal()
    return TileUpsampler(self, width: width, height: height, decoding, options)
  }

  /// Predicts a picture of any size, by tiles; see ``upsampler(width:height:options:)``.
  public func upsample(
    _ image: Image, decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> Image {
    let prepared = image.converted(toChannels: channels)
    let upsampler = try upsampler(
      width: image.width, height: image.height,
      options: UpsamplingOptions(decoding: decoding, progress: progress))
    guard var upsampler = upsampler as? TileUpsampler else {
      return try predict([prepared], decoding: decoding, progress: progress)[0]
    }
    var source = ImageRows(prepared)
    var rows = CollectedRows(width: upsampler.width, channels: channels)
    while let band = try upsampler.next(from: &source) { rows.append(band.rows) }
    return rows.image
  }
}
