import CajalSupport

/// Finds problems by name.
///
/// A registry is a value: to register a custom problem, add it to a copy.
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

  /// An empty registry.
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

  /// The sorted names; families accept more.
  public var names: [String] { makers.keys.sorted() }

  /// Registers a problem, replacing one of the same name.
  public mutating func add(_ name: String, maker: @escaping Maker) {
    makers[name] = maker
  }

  /// Registers a family of problems, for example with numbers in their names.
  public mutating func addFamily(_ maker: @escaping FamilyMaker) { families.append(maker) }

  /// The problem with the given name and options.
  ///
  /// - Throws: ``ProblemError`` if there is no such problem or option.
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
