public import CajalImages
import CajalTraining

/// Enlarges a picture as a whole: an upsampler for models that have no other.
public struct WholePictureUpsampler: PictureUpsampler {
  private let model: any PictureModel
  private let decoding: Decoding
  private let progress: (@Sendable (Double) -> Void)?
  /// Columns of the enlarged picture.
  public let width: Int
  /// Rows of the enlarged picture.
  public let height: Int
  /// Values per pixel of the enlarged picture.
  public var channels: Int { model.channels }
  private var isFinished = false

  /// An upsampler that calls a model's ``PictureModel/upsample(_:decoding:progress:)``.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - width: Columns of the enlarged picture.
  ///   - height: Rows of the enlarged picture.
  ///   - options: How the picture is made.
  /// - Throws: ``PredictionError`` when the model does not have the decoding, or entropies are asked
  ///   for.
  public init(
    _ model: some PictureModel, width: Int, height: Int, options: UpsamplingOptions
  ) throws {
    decoding = options.decoding ?? model.defaultDecoding
    try model.checkDecoding(decoding)
    guard !options.withEntropies else {
      throw PredictionError.noEntropies(decoding.name, model: type(of: model).kind)
    }
    self.model = model
    (self.width, self.height, progress) = (width, height, options.progress)
  }

  /// The whole picture, once.
  public mutating func next(
    from source: inout some RowSource & ~Copyable
  ) throws -> UpsampledBand? {
    guard !isFinished else { return nil }
    isFinished = true
    guard let input = try source.readRows(source.height), input.height == source.height else {
      throw MissingRowsError(read: 0, height: source.height)
    }
    return UpsampledBand(
      rows: try model.upsample(input, decoding: decoding, progress: progress))
  }

  /// None: there is nothing before the whole picture.
  public var state: UpsamplingState? { nil }

  /// Does nothing: there is no state to continue from.
  public mutating func resume(from state: UpsamplingState) {}
}
