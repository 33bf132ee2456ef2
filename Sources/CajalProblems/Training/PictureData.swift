import CajalImages
public import CajalModels
public import CajalTraining

/// A data set of pictures as training data of a model: examples are cropped, resized and converted
/// to the model's input ahead of their use.
public struct PictureData<M: PictureModel>: TrainingData {
  /// The data set.
  public let dataset: Dataset
  private let make: @Sendable ([Image], [Image]) throws -> M.Batch

  /// The data set for a model.
  ///
  /// - Throws: `TrainingError` when it has no training tiles, or the model works with another
  ///   normalization than its problem.
  public init(_ dataset: Dataset, for model: M) throws {
    guard !dataset.trainingTiles.isEmpty else {
      throw TrainingError.unsuitableData("\(dataset.directory) has no training tiles")
    }
    try model.validate()
    guard model.normalization == dataset.problem.normalization else {
      throw TrainingError.unsuitableData(
        "the model does not work with the normalization of \(dataset.directory); make it for the "
          + "problem of the data set")
    }
    self.init(dataset, unchecked: model)
  }

  /// The data set for evaluation only.
  init(_ dataset: Dataset, unchecked model: M) {
    self.dataset = dataset
    make = model.batchMaker
  }

  /// Training examples `numbers` of the problem at `step`.
  ///
  /// - Throws: What ``Dataset/trainingExample(_:seed:step:)`` throws.
  public func trainingBatch(_ numbers: Range<Int>, step: Int, seed: UInt64) throws -> M.Batch {
    let examples = try numbers.map { try dataset.trainingExample($0, seed: seed, step: step) }
    return try make(examples.map(\.input), examples.map(\.target))
  }

  /// The number of ``Dataset/evaluationExamples``.
  public var evaluationCount: Int { dataset.evaluationExamples.count }

  /// Evaluation examples `range`.
  ///
  /// - Throws: What ``EvaluationExample/example()`` throws.
  public func evaluationBatch(_ range: Range<Int>) throws -> M.Batch {
    let examples = try dataset.evaluationExamples[range].map { try $0.example() }
    return try make(examples.map(\.input), examples.map(\.target))
  }

  /// The problem and the fingerprint of the data set.
  public var record: PictureDataRecord { PictureDataRecord(dataset) }
}
