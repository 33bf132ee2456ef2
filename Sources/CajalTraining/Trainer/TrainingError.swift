/// Errors from starting or continuing a run; each description is one line.
public enum TrainingError: Error, Sendable, Hashable {
  /// The loss of a batch is infinite or not a number.
  case diverged(step: Int, loss: Double, lastCheckpoint: String?)
  /// Something else is infinite or not a number. It has not been saved.
  case overflowed(Quantity, step: Int, lastCheckpoint: String?)
  /// The run folder already holds a run.
  case runExists(String)
  /// There is no run to continue.
  case noRun(String, reason: String)
  /// The run was started with other settings.
  case configurationChanged(run: String, difference: String)
  /// The run was started with other data.
  case dataChanged(run: String, data: String, difference: String)
  /// The run's learning rates depend on its number of steps, so that this number cannot be changed.
  case scheduleDependsOnSteps(run: String, steps: Int, recordedSteps: Int)
  /// The weights of another run do not fit the model.
  case unsuitableWeights(run: String, reason: String)
  /// A snapshot is not of the session's model or training.
  case unsuitableSnapshot(String)
  /// The run has no good checkpoint to take a model from or to continue from.
  case noCheckpoint(run: String)
  /// The data cannot be used.
  case unsuitableData(String)
  /// An option cannot be used.
  case invalidOption(String)

  /// The quantity that overflowed.
  public enum Quantity: String, Sendable, Hashable {
    /// The gradient of a batch.
    case gradient = "the norm of the gradient is"
    /// The weights after an update.
    case weights = "the weights are"
    /// The moving average of the weights.
    case average = "the average of the weights is"
    /// The moments of the optimizer.
    case moments = "the optimizer's moments are"
    /// The loss of held-out examples.
    case heldOutLoss = "the held-out loss is"
  }
}

extension TrainingError: CustomStringConvertible {
  /// One line: what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .diverged(let step, let loss, let checkpoint):
      "the loss is \(loss.isNaN ? "nan" : "\(loss)") at step \(step)" + Self.remedy(checkpoint)
    case .overflowed(let quantity, let step, let checkpoint):
      "\(quantity.rawValue) not finite at step \(step)" + Self.remedy(checkpoint)
    case .runExists(let path):
      "\(path) holds a run already; name another folder"
    case .noRun(let path, let reason): "there is no run to resume in \(path): \(reason)"
    case .dataChanged(let run, let data, let difference):
      "cannot resume \(run): the data set \(data) is not the one that it was begun with; it "
        + difference
    case .scheduleDependsOnSteps(let run, let steps, let recordedSteps):
      "cannot resume \(run) for \(steps) steps: its learning rate follows a cosine that ends at "
        + "step \(recordedSteps)"
    case .unsuitableWeights(let run, let reason):
      "the weights of \(run) do not fit the model: \(reason)"
    case .unsuitableSnapshot(let reason): "the snapshot cannot be restored: \(reason)"
    case .configurationChanged(let run, let difference):
      "cannot resume \(run): \(difference); use the same settings or another folder"
    case .noCheckpoint(let run):
      "\(run) has no readable checkpoint; train it, in a new folder if its checkpoints are broken"
    case .unsuitableData(let reason): reason
    case .invalidOption(let reason): reason
    }
  }
  private static func remedy(_ checkpoint: String?) -> String {
    (checkpoint.map { "; the last good checkpoint is \($0)" }
      ?? "; there is no checkpoint before it")
      + "; try a lower learning_rate or clip_grad_norm=1"
  }
}
