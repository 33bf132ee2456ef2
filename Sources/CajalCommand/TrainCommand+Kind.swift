import ArgumentParser
import Cajal

extension TrainCommand {
  /// The kind of model to train: that of the run that continues, else of the set of
  /// hyperparameters, else of the run whose weights it starts from, else of `--model`.
  ///
  /// - Throws: an error that names the option that contradicts another one or the run.
  func kind(in registry: ModelRegistry) throws -> any ProblemModel.Type {
    if let folder = try begin.folderToResume(runFolder) {
      let recorded = try registry.kind(ofRun: folder)
      let asked = try [model.map(registry.kind(named:)), hparams.map(registry.kind(ofSet:))]
      if let other = asked.compactMap({ $0 }).first(where: { $0.kind != recorded.kind }) {
        throw TrainingError.configurationChanged(
          run: runFolder, difference: "the model is \(other.kind), was \(recorded.kind)")
      }
      return recorded
    }
    guard let (kind, reason) = try impliedKind(in: registry) else {
      return try registry.kind(named: model ?? registry.kinds[0].kind)
    }
    if let model, model != kind.kind {
      throw ValidationError("--model \(model): \(reason) is of \(kind.kind)")
    }
    return kind
  }

  /// The kind that follows from other options than `--model`, and from which.
  private func impliedKind(
    in registry: ModelRegistry
  ) throws -> (kind: any ProblemModel.Type, reason: String)? {
    if let hparams {
      return (try registry.kind(ofSet: hparams), "the set of hyperparameters \(hparams)")
    }
    guard let source = begin.initializeFrom else { return nil }
    return (try registry.kind(ofRun: RunFolder(existing: source)), "the run \(source)")
  }
}
