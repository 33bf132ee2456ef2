import CajalModels
public import CajalOptimizers
public import CajalProblems

/// Everything that determines a run, as its `config.json` has it.
///
/// What came with later versions is optional: it is `nil` for the runs of earlier ones.
public struct RunConfiguration: Sendable, Hashable, Codable {
  /// The model.
  public var model: ModelSettings
  /// The name of the set that the hyperparameters began with, where it is known.
  public var hyperparameterSet: String?
  /// The update rule.
  public var optimizer: Optimizer
  /// The name of the problem and its options.
  public var problem: String, problemOptions: [String: String]
  /// Where the data was read from.
  public var data: String
  /// The value of white in 16-bit pictures that the data was made with; see
  /// ``DataOptions/whiteLevel``.
  public var whiteLevel: Int?
  /// What tells the data from other data.
  public var dataFingerprint: DataFingerprint?
  /// The run whose weights this one began with; `nil` for weights that were drawn.
  public var initialWeights: InitialWeights?
  /// How many updates make the whole run.
  public var steps: Int
  /// How it goes about its work, with nothing left to defaults.
  public var options: TrainerOptions
}
