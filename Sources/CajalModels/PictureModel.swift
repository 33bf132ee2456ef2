import CajalAutodiff
public import CajalImages
public import CajalTraining

/// An image-to-image model with any type of batch: the requirements, beyond `Model`, of training
/// and evaluating on a data set of pictures.
public protocol PictureModel: Model {
  /// The number of values per pixel of inputs and targets: 1 for gray, 3 for red, green and blue.
  var channels: Int { get }

  /// The pixel normalization; `nil` for none.
  var normalization: PixelNormalization? { get }

  /// Makes batches of pictures, with all inputs of one size and all targets of one size:
  /// normalized, enlarged and converted to the network's input. Called from any thread; holds no
  /// weights.
  var batchMaker: @Sendable (_ inputs: [Image], _ targets: [Image]) throws -> Batch { get }

  /// The decodings that the model has, the default first; that of samples stands for every
  /// temperature and seed. Default: those of an autoregressive model, ``Decoding/mean`` first, which
  /// is closest to the target.
  var decodings: [Decoding] { get }

  /// Predicts pictures from inputs, decoded together.
  ///
  /// - Parameters:
  ///   - inputs: The inputs, all of one size.
  ///   - decoding: How a picture is made from the predictions.
  ///   - progress: Called with the fraction done, on any thread.
  /// - Throws: An error when a picture has another size or other channels than the model takes, or
  ///   when the model cannot predict.
  func predict(
    _ inputs: [Image], decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> [Image]

  /// Predicts a picture from one input. Default: as ``predict(_:decoding:progress:)``.
  ///
  /// A color model takes a gray picture as equal channels; a gray model takes the luma of a color
  /// picture.
  ///
  /// - Parameters:
  ///   - image: The input.
  ///   - decoding: How the picture is made from the predictions.
  ///   - progress: Called with the fraction done, on any thread.
  /// - Throws: ``PictureSizeError`` when the model does not take pictures of that size, else as
  ///   ``predict(_:decoding:progress:)``.
  func upsample(
    _ image: Image, decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> Image

  /// An upsampler of one picture, which may be larger than memory.
  ///
  /// - Parameters:
  ///   - width: Columns of the input.
  ///   - height: Rows of the input.
  ///   - options: How the picture is made.
  /// - Throws: ``PictureSizeError`` when the model does not take pictures of that size,
  ///   ``PredictionError`` when it has no such decoding or its weights are not finite.
  func upsampler(
    width: Int, height: Int, options: UpsamplingOptions
  ) throws -> any PictureUpsampler

  /// The central credible intervals of each target value given the true values before it, for
  /// measuring how often they contain it. Default: `nil`, for a model without them.
  ///
  /// - Parameters:
  ///   - probabilities: The least probabilities of the intervals, each more than 0 and less than 1.
  ///   - inputs: The inputs, all of one size.
  ///   - targets: Their targets, all of one size.
  func credibleIntervals(
    _ probabilities: [Double], inputs: [Image], targets: [Image]
  ) throws -> PredictedIntervals?

  /// Checks that every weight is a finite number.
  ///
  /// - Throws: ``PredictionError/nonFiniteWeights``.
  func checkWeights() throws(PredictionError)
}

extension PictureModel {
  /// Default: those of an autoregressive model.
  public var decodings: [Decoding] { [.mean, .greedy, .sample(), .zeroTarget] }

  /// The decoding of library and command line where none is asked for: the first of ``decodings``.
  public var defaultDecoding: Decoding { decodings[0] }

  /// Checks that the model has a decoding, and its temperature.
  ///
  /// - Throws: ``PredictionError/unsupportedDecoding(_:model:supported:)`` or
  ///   ``PredictionError/invalidTemperature(_:)``,
  ///   ``PredictionError/invalidCrispness(_:)``.
  public func checkDecoding(_ decoding: Decoding) throws(PredictionError) {
    let supported = decodings.map(\.name)
    guard supported.contains(decoding.name) else {
      throw .unsupportedDecoding(decoding.name, model: Self.kind, supported: supported)
    }
    try decoding.validate()
  }

  /// Predicts pictures from inputs with the default decoding.
  public func predict(_ inputs: [Image]) throws -> [Image] {
    try predict(inputs, decoding: defaultDecoding, progress: nil)
  }

  /// Predicts a picture from one input, converted to the model's channels.
  public func upsample(
    _ image: Image, decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> Image {
    try predict([image.converted(toChannels: channels)], decoding: decoding, progress: progress)[0]
  }

  /// Predicts a picture from one input, converted to the model's channels.
  ///
  /// - Parameters:
  ///   - image: The input.
  ///   - decoding: How the picture is made from the predictions; `nil` is the model's default.
  ///   - progress: Called with the fraction done, on any thread.
  /// - Throws: As the function without default arguments.
  public func upsample(
    _ image: Image, decoding: Decoding? = nil, progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> Image {
    try upsample(image, decoding: decoding ?? defaultDecoding, progress: progress)
  }

  /// Default: none.
  public func credibleIntervals(
    _ probabilities: [Double], inputs: [Image], targets: [Image]
  ) throws -> PredictedIntervals? { nil }

  /// Checks that every weight is a finite number. Cheap: one pass over the weights.
  ///
  /// - Throws: ``PredictionError/nonFiniteWeights``.
  public func checkWeights() throws(PredictionError) {
    guard parameters.isFinite else { throw .nonFiniteWeights }
  }
}
