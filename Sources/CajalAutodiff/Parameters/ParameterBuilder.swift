import CajalSupport
public import CajalTensor

/// Collects the parameters that layers declare while a model is built.
public struct ParameterBuilder {
  private var parameters: [Parameter] = []
  private var groups: [(name: String, count: Int)] = []
  private var currentGroup = defaultGroup
  private var scopes: [String] = []

  /// The group of parameters that are declared in no other.
  public static let defaultGroup = "model"

  /// Slices start at multiples of this, 64 bytes, so that kernels can load aligned.
  static let alignment = 16

  /// A builder that has seen no parameter.
  public init() {}

  /// What has been declared.
  public var layout: ParameterLayout {
    ParameterLayout(
      groups: groups.enumerated().map { index, group in
        ParameterGroup(
          group.name, parameters.filter { $0.group == index }, count: group.count)
      }, parameters: parameters)
  }

  /// Declares a parameter in the current group and scope. Its path must be new.
  public mutating func declare(
    _ name: String, shape: Shape, initializer: Initializer
  ) -> Parameter {
    let path = (scopes + [name]).joined(separator: "/")
    require(!parameters.contains { $0.path == path }, "there are two parameters \(path)")
    let group = indexOfCurrentGroup()
    let parameter = Parameter(
      path: path, shape: shape, group: group, offset: groups[group].count,
      initializer: initializer)
    parameters.append(parameter)
    groups[group].count += (shape.count + Self.alignment - 1) / Self.alignment * Self.alignment
    return parameter
  }

  /// Puts `name` before the paths of everything that `body` declares.
  public mutating func scope<Result>(
    _ name: String, _ body: (inout ParameterBuilder) throws -> Result
  ) rethrows -> Result {
    scopes.append(name)
    defer { scopes.removeLast() }
    return try body(&self)
  }

  /// Puts everything that `body` declares into the group `name`, which a trainer can give an
  /// optimizer of its own or leave as it is.
  public mutating func group<Result>(
    _ name: String, _ body: (inout ParameterBuilder) throws -> Result
  ) rethrows -> Result {
    let outer = currentGroup
    currentGroup = name
    defer { currentGroup = outer }
    return try body(&self)
  }

  private mutating func indexOfCurrentGroup() -> Int {
    if let index = groups.firstIndex(where: { $0.name == currentGroup }) { return index }
    groups.append((currentGroup, 0))
    return groups.count - 1
  }
}
