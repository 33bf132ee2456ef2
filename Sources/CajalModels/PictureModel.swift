import CajalAutodiff
public import CajalImages
public import CajalTraining

/// A model from pictures to pictures, whatever its batches are made of: what training on a data set
/// of pictures and evaluating need beyond ``Model``.
public protocol PictureModel: Model {
  /// The brightness and contrast that it works with; `nil` takes pictures as they are.
  var normalization: PixelNormalization? { get }

  /// Makes batches of pictures, all inputs and all targets of one size: normalized, enlarged and
  /// mapped to what the network reads. Called from any thread; holds no weights.
  var batchMaker: @Sendable (_ inputs: [Image], _ targets: [Image]) throws -> Batch { get }

  /// The pictures that the model makes of inputs, decoded together.
  ///
  /// - Parameter progress: Called with the share that is done, on any thread.
  /// - Throws: An error when a picture has another size or other channels than the model takes, or
  ///   when the model cannot predict.
  func predict(
    _ inputs: [Image], decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> [Image]

  /// Checks that every weight is a finite number.
  ///
  /// - Throws: ``PredictionError/nonFiniteWeights``.
  func checkWeights() throws(PredictionError)
}

extension PictureModel {
  /// The pictures that the model makes of inputs, decoded in the usual way.
  public func predict(_ inputs: [Image]) throws -> [Image] {
    try predict(inputs, decoding: .default, progress: nil)
  }

  /// Checks that every weight is a finite number. Cheap: one pass over the weights.
  ///
  /// - Throws: ``PredictionError/nonFiniteWeights``.
  public func checkWeights() throws(PredictionError) {
    guard parameters.isFinite else { throw .nonFiniteWeights }
  }
}
