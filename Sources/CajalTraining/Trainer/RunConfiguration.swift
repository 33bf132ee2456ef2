import CajalModels
public import CajalOptimizers
import CajalProblems

/// Everything that determines a training, as a run's `config.json` has it.
public struct RunConfiguration: Sendable, Hashable, Codable {
  /// The model.
  public var model: ModelSettings
  /// The update rule.
  public var optimizer: Optimizer
  /// The name of the problem and its options.
  public var problem: String, problemOptions: [String: String]
  /// Where the data was read from.
  public var data: String
  /// The value of white in 16-bit pictures that the data was made with; see
  /// ``DataOptions/whiteLevel``.
  public var whiteLevel: Int?
  /// How many updates make the whole training.
  public var steps: Int
  /// How it goes about its work, with nothing left to defaults.
  public var options: TrainerOptions

  /// The first thing that two configurations of one run may not differ in but do, as `name: is a, was b`.
  ///
  /// Where the data is and how often things are written may change.
  func difference(from earlier: RunConfiguration) -> String? {
    if model != earlier.model { return "the model or its hyperparameters have changed" }
    if optimizer != earlier.optimizer || steps != earlier.steps {
      return "the optimizer or its schedule has changed (steps \(steps), was \(earlier.steps))"
    }
    if problem != earlier.problem || problemOptions != earlier.problemOptions {
      return "the problem is \(problem) \(problemOptions), was \(earlier.problem) "
        + "\(earlier.problemOptions)"
    }
    if whiteLevel != earlier.whiteLevel {
      return "the data has white at \(whiteLevel ?? 65535), was \(earlier.whiteLevel ?? 65535)"
    }
    let (new, old) = (options, earlier.options)
    let numbers: [(String, Int?, Int?)] = [
      ("batch size", new.batchSize, old.batchSize),
      ("micro-batch size", new.microBatchSize, old.microBatchSize),
      ("number of replicas", new.replicas, old.replicas),
    ]
    for (name, new, old) in numbers where new != old {
      return "the \(name) is \(new ?? 0), was \(old ?? 0)"
    }
    if new.seed != old.seed { return "the seed is \(new.seed), was \(old.seed)" }
    if new.weightAverageDecay != old.weightAverageDecay {
      return "the decay of the average of the weights has changed"
    }
    return nil
  }
}
