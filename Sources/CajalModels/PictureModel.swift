import CajalAutodiff
public import CajalImages
public import CajalTraining

/// An image-to-image model with any type of batch: the requirements, beyond `Model`, of training
/// and evaluating on a data set of pictures.
public protocol PictureModel: Model {
  /// The pixel normalization; `nil` for none.
  var normalization: PixelNormalization? { get }

  /// Makes batches of pictures, with all inputs of one size and all targets of one size:
  /// normalized, enlarged and converted to the network's input. Called from any thread; holds no
  /// weights.
  var batchMaker: @Sendable (_ inputs: [Image], _ targets: [Image]) throws -> Batch { get }

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
  /// Predicts pictures from inputs with the default decoding.
  public func predict(_ inputs: [Image]) throws -> [Image] {
    try predict(inputs, decoding: .default, progress: nil)
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
