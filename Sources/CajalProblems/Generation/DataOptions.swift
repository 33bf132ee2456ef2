public import CajalImages

/// How data are made from pictures, beyond what the problem itself decides.
public struct DataOptions: Sendable, Hashable {
  /// What to do where the directory holds a data set already.
  public enum Existing: Sendable, Hashable {
    /// Take it if it was made from the same pictures in the same way, throw if not.
    case reuse
    /// Make it anew. A directory that holds anything else than a data set is never replaced.
    case replace
  }

  /// The sections that are for evaluation alone: names, or patterns with `*`, `?` and `[…]`. When `nil`, they are
  /// drawn; see ``evaluationFraction``.
  public var evaluationSections: [String]?
  /// How many of the sections are drawn for evaluation, as a fraction, at least one unless it is 0.
  public var evaluationFraction: Double
  /// Decides which sections are drawn and how tiles are shuffled across the shards.
  public var seed: UInt64
  /// How many files the training tiles are spread over, at most one for each tile.
  public var trainingShardCount: Int
  /// How many files the evaluation tiles are spread over, at most one for each tile.
  public var evaluationShardCount: Int
  /// Whether pictures that cannot be read are left out and listed in the summary, rather than an error.
  public var skipsUnreadable: Bool
  /// What to do where the directory holds a data set already.
  public var existing: Existing
  /// The largest pictures to decode.
  public var imageLimits: ImageLimits

  /// About 5 % of the sections for evaluation, ten training shards and one for evaluation.
  public init(
    evaluationSections: [String]? = nil, evaluationFraction: Double = 0.05, seed: UInt64 = 0,
    trainingShardCount: Int = 10, evaluationShardCount: Int = 1, skipsUnreadable: Bool = false,
    existing: Existing = .reuse, imageLimits: ImageLimits = .default
  ) {
    precondition(
      (0..<1).contains(evaluationFraction),
      "a fraction of the sections is in 0 ..< 1, not \(evaluationFraction)")
    precondition(
      trainingShardCount > 0 && evaluationShardCount > 0 && trainingShardCount <= 99_999
        && evaluationShardCount <= 99_999, "a set of shards has 1 to 99999 files")
    self.evaluationSections = evaluationSections
    self.evaluationFraction = evaluationFraction
    self.seed = seed
    self.trainingShardCount = trainingShardCount
    self.evaluationShardCount = evaluationShardCount
    self.skipsUnreadable = skipsUnreadable
    self.existing = existing
    self.imageLimits = imageLimits
  }
}

/// How far the making of data has come.
public struct DataProgress: Sendable, Hashable {
  /// Pictures that have been cut.
  public let pictures: Int
  /// All the pictures.
  public let pictureCount: Int
  /// Tiles kept so far.
  public let tiles: Int
}
