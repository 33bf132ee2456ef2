public import CajalProblems

extension Trainer {
  /// Trains until `steps` updates have been made.
  ///
  /// A run that is resumed ends in the same bits as one that was not interrupted. So the data, the
  /// model and all that decides the bits must be what the run recorded; see ``RunConfiguration``.
  /// Intervals, the number of checkpoints and the place of the data may change, and `steps` as far
  /// as the optimizer's schedule stays the same.
  ///
  /// - Parameters:
  ///   - data: Examples to train on, and held-out ones to evaluate on.
  ///   - steps: The length of the whole run, what was done before a resume included.
  ///   - resume: What to do about a run that the folder holds already.
  ///   - stop: Asked after each step; when it is requested, a checkpoint is written and `fit`
  ///     returns.
  ///   - progress: Called on the calling thread with what happens;
  ///     ``TrainingProgress/line(every:)`` gives a line to print.
  /// - Returns: The trained model and the log.
  /// - Throws: ``TrainingError``, or an error that names the file that could not be read or written.
  public func fit(
    _ data: Dataset, steps: Int, resume: Resumption = .never, stop: StopSignal? = nil,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingHistory<Model> {
    var session = try TrainingSession(self, data, steps: steps, resume: resume, progress)
    return try session.run(stop: stop, progress)
  }
}
