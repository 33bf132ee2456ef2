import CajalFiles

/// Finds problems by name.
///
/// A registry is a value: to make a problem of one's own known by name, add it to a copy.
public struct ProblemRegistry: Sendable {
  /// Makes a problem from its options; see ``Problem/options``.
  public typealias Maker = @Sendable ([String: String]) throws -> any Problem

  /// Makes a problem of a family from its name and its options; `nil` for names that are not the
  /// family's.
  public typealias FamilyMaker =
    @Sendable (_ name: String, _ options: [String: String]) throws -> (
      any Problem
    )?

  private var makers: [String: Maker] = [:]
  private var families: [FamilyMaker] = []

  /// A registry that knows nothing yet.
  public init() {}

  /// The problems that come with the library.
  public static let standard: ProblemRegistry = {
    var registry = ProblemRegistry()
    for problem in AllenBrain.all {
      registry.add(problem.name) { try problem.setting($0) }
    }
    registry.addFamily { name, options in
      try AllenBrain.checkSizes(inName: name)
      return try AllenBrain(named: name)?.setting(options)
    }
    return registry
  }()

  /// The names, sorted; families know more.
  public var names: [String] { makers.keys.sorted() }

  /// Makes a problem known; one of the same name is replaced.
  public mutating func add(_ name: String, maker: @escaping Maker) {
    makers[name] = maker
  }

  /// Makes a family of problems known, whose members have names with numbers in them, say.
  public mutating func addFamily(_ maker: @escaping FamilyMaker) { families.append(maker) }

  /// The problem with the given name and options.
  ///
  /// - Throws: ``ProblemError`` when there is none, or when it does not have such an option.
  public func problem(
    named name: String, options: [String: String] = [:]
  ) throws -> any Problem {
    guard let maker = makers[name] else {
      for family in families {
        if let problem = try family(name, options) { return problem }
      }
      throw ProblemError.unknownProblem(
        name, nearest: Spelling.nearest(to: name, in: names), known: names)
    }
    return try maker(options)
  }
}
