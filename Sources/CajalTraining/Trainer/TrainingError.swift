/// Why a training could not start or go on, in one line.
public enum TrainingError: Error, Sendable, Hashable {
  /// The loss is infinite or not a number.
  case diverged(step: Int, loss: Double, lastCheckpoint: String?)
  /// The run folder holds a training already.
  case runExists(String)
  /// The run was started with something else.
  case configurationChanged(run: String, difference: String)
  /// The run has no good checkpoint to take a model from or to go on from.
  case noCheckpoint(run: String)
  /// The data cannot be used.
  case unsuitableData(String)
  /// The normalization of the model is for pictures of `channels` channels, the model for those of
  /// `model`.
  case unfitNormalization(channels: Int, model: Int)
  /// An option cannot be used.
  case invalidOption(String)
}

extension TrainingError: CustomStringConvertible {
  /// One line: what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .diverged(let step, let loss, let checkpoint):
      "the loss is \(loss) at step \(step); "
        + (checkpoint.map { "the last good checkpoint is \($0)" }
          ?? "there is no checkpoint before it")
        + "; try a lower learning_rate or clip_grad_norm=1"
    case .runExists(let path):
      "\(path) holds a run already; resume it or name another folder"
    case .configurationChanged(let run, let difference):
      "cannot resume \(run): \(difference); use the same settings or another folder"
    case .noCheckpoint(let run):
      "\(run) has no readable checkpoint; train it, in a new folder if its checkpoints are broken"
    case .unsuitableData(let reason): reason
    case .unfitNormalization(let channels, let model):
      "the model is for pictures of \(model) \(model == 1 ? "channel" : "channels") and its "
        + "normalization for those of \(channels); give it one mean and one deviation for each"
    case .invalidOption(let reason): reason
    }
  }
}
