public import CajalModels
public import CajalTraining

extension Trainer where M: PictureModel {
  /// Trains on a data set of pictures, on the calling thread.
  ///
  /// - Parameters:
  ///   - dataset: Examples to train on, and held-out ones to evaluate on.
  ///   - steps: The total number of steps, including those before a resume.
  ///   - resume: How to treat an existing run in the folder.
  ///   - stop: Asked after each step; when it is requested, or the task that calls is canceled, a
  ///     checkpoint is written and `fit` returns.
  ///   - observers: Receive every event, such as `ProgressLines`.
  /// - Returns: The trained model and the log.
  /// - Throws: `TrainingError`, or an error that names the file that could not be read or written.
  public func fit(
    _ dataset: Dataset, steps: Int, resume: Resumption = .never, stop: StopSignal? = nil,
    observers: [any TrainingObserver] = []
  ) throws -> TrainingHistory<M> {
    try fit(
      PictureData(dataset, for: model), steps: steps, resume: resume, stop: stop,
      observers: observers)
  }

  /// Trains on a data set of pictures, on its own thread.
  ///
  /// Parameters and result are those of the function without `async`.
  ///
  /// - Throws: `CancellationError` when the task is canceled: after the step in work, with a
  ///   checkpoint to resume from; else as the function without `async`.
  public func fit(
    _ dataset: Dataset, steps: Int, resume: Resumption = .never, stop: StopSignal? = nil,
    observers: [any TrainingObserver] = []
  ) async throws -> TrainingHistory<M> {
    try await fit(
      PictureData(dataset, for: model), steps: steps, resume: resume, stop: stop,
      observers: observers)
  }
}

extension PictureModel {
  /// The mean loss of held-out examples of a data set, without dropout or label smoothing.
  ///
  /// - Parameters:
  ///   - dataset: Where the examples are.
  ///   - examples: The indices of the evaluation examples to take.
  ///   - progress: Called with the fraction done, on any thread.
  /// - Throws: What the data throws when an example cannot be made.
  public func meanLoss(
    _ dataset: Dataset, examples: some Collection<Int>,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> Double {
    try meanLoss(
      PictureData(dataset, unchecked: self), examples: examples, progress: progress)
  }
}
