import CajalSupport
public import CajalOptimizers

/// The hyperparameters of a kind of model and of its training: what the command line sets and
/// `config.json` records.
///
/// They are encoded as one flat object, whose values are numbers, texts and lists of whole numbers,
/// and decoded from any part of it.
public protocol ModelHyperparameters: Codable, Hashable, Sendable {
  /// The named sets, the recommended one first. Names are unique over all kinds of models.
  static var sets: [NamedSet] { get }

  /// The name of every hyperparameter, in the order of their documentation.
  static var names: [String] { get }

  /// The possible values of a hyperparameter, for the message about one that cannot be decoded:
  /// such as `timing, emb` or `a whole number`.
  static func choices(of name: String) -> String

  /// Checks that a model can be built and trained.
  ///
  /// - Throws: ``HyperparameterError`` that names the first hyperparameter that does not fit.
  func validate() throws

  /// The reason why the hyperparameter `name` has no effect given the others, or `nil` if it has
  /// one. Default: every hyperparameter has one.
  func reasonForNoEffect(of name: String) -> String?

  /// The optimizer of the parameter groups that ``groups(steps:)`` does not name. `steps` is the
  /// length of the run, on which schedules may depend.
  func optimizer(steps: Int) -> Optimizer

  /// The settings of parameter groups with their own optimizer, by name. Default: none.
  func groups(steps: Int) -> [String: GroupTraining]

  /// The length of a run of which no length is given; `nil` where one has to be given. Default:
  /// `nil`.
  var defaultSteps: Int? { get }

  /// Whether training needs the weights of another run to begin with. Default: `false`.
  var needsInitialWeights: Bool { get }
}

extension ModelHyperparameters {
  /// Default: every hyperparameter has an effect.
  public func reasonForNoEffect(of name: String) -> String? { nil }
  /// Default: all groups have the same optimizer.
  public func groups(steps: Int) -> [String: GroupTraining] { [:] }
  /// Default: a length has to be given.
  public var defaultSteps: Int? { nil }
  /// Default: random weights will do.
  public var needsInitialWeights: Bool { false }
}

extension ModelHyperparameters {
  /// Hyperparameters and the name of their set.
  public typealias NamedSet = (name: String, hyperparameters: Self)

  /// The names of all sets, in order.
  public static var setNames: [String] { sets.map(\.name) }

  /// The set of a name, such as `img2img_transformer2d_tiny`.
  ///
  /// - Throws: ``HyperparameterError`` with the nearest known name.
  public static func named(_ name: String) throws -> Self {
    if let set = sets.first(where: { $0.name == name }) { return set.hyperparameters }
    throw HyperparameterError.unknownSet(name, among: setNames)
  }

  /// A copy with some fields changed.
  public func with(_ change: (inout Self) -> Void) -> Self {
    var copy = self
    change(&copy)
    return copy
  }

  /// Checks that each of the hyperparameters `names` that differs from `original` has an effect.
  ///
  /// - Throws: ``HyperparameterError`` that names the first one that has none, and what it needs.
  public func checkEffect(of names: [String], since original: Self) throws {
    for name in names {
      guard let reason = reasonForNoEffect(of: name),
        try text(of: name) != original.text(of: name)
      else { continue }
      throw HyperparameterError(name: name, reason: reason)
    }
  }
}

extension HyperparameterError {
  /// The error about a set that is not there, with the nearest known name.
  package static func unknownSet(_ name: String, among names: [String]) -> HyperparameterError {
    let nearest = Spelling.nearest(to: name, in: names)
    return HyperparameterError(
      name: name,
      reason: "there is no such set of hyperparameters"
        + (nearest.map { "; did you mean \($0)?" } ?? "")
        + "; all sets: \(names.joined(separator: ", "))")
  }
}
