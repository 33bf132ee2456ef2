import CajalSupport
import CajalTensor

extension Dataset {
  /// Training example `number` (0, 1, 2, …, without end) of the sequence that `seed` names.
  ///
  /// An epoch is as many examples as there are training tiles, and uses each tile once, in a new
  /// random order; crop, orientation and the problem's own choices are drawn again for each number.
  /// It does not depend on earlier examples.
  ///
  /// - Parameters:
  ///   - number: the number of the example.
  ///   - seed: the seed of the sequence.
  ///   - step: the step of the run that it is for, where the problem changes with it; see
  ///     ``Problem/atStep(_:)``.
  /// - Throws: an error that names the record when it is no picture, or what the problem throws.
  public func trainingExample(
    _ number: Int, seed: UInt64, step: Int? = nil
  ) throws -> Example {
    require(number >= 0, "training examples are numbered from 0, not \(number)")
    require(!trainingTiles.isEmpty, "a data set has training tiles")
    let epoch = UInt64(number / trainingTiles.count)
    let order = SeededPermutation(
      count: trainingTiles.count,
      key: RandomKey(seed: seed, stream: DataStream.order.rawValue, step: epoch))
    let tile = trainingTiles[order[number % trainingTiles.count]]
    var random = RandomStream(
      RandomKey(seed: seed, stream: DataStream.trainingExample.rawValue, step: UInt64(number)))
    let problem = step.map(problem.atStep) ?? problem
    let crop = problem.trainingCrop(of: try tile.image(for: problem), using: &random)
    return try problem.checkedExample(from: crop, using: &random)
  }

  /// The batch of training step `step`: examples `step · batchSize` and following of the sequence
  /// that `seed` names.
  ///
  /// - Throws: what ``trainingExample(_:seed:step:)`` throws.
  public func trainingBatch(step: Int, batchSize: Int, seed: UInt64) throws -> ExampleBatch {
    require(step >= 0 && batchSize > 0, "there is no step \(step) of \(batchSize) examples")
    return ExampleBatch(
      try (0..<batchSize).map {
        try trainingExample(step * batchSize + $0, seed: seed, step: step)
      })
  }

  /// A batch of the evaluation examples `range`.
  ///
  /// - Throws: what ``EvaluationExample/example()`` throws.
  public func evaluationBatch(_ range: Range<Int>) throws -> ExampleBatch {
    ExampleBatch(try evaluationExamples[range].map { try $0.example() })
  }
}
