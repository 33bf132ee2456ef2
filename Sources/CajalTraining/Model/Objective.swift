/// A loss and the parameter groups that minimize it.
///
/// A step processes the objectives in order: it computes the gradients of an objective's groups
/// only, then updates them; the next objective sees the update.
public struct Objective: Sendable, Hashable {
  /// The loss's name in messages and in the log.
  public let name: String
  /// The names of the groups that minimize it; `nil` is all of them.
  public let groups: Set<String>?

  /// An objective of the named groups, or of all of them.
  public init(_ name: String, groups: Set<String>? = nil) {
    self.name = name
    self.groups = groups
  }

  /// The objective of a model with a single loss, minimized by all groups.
  public static let loss = Objective("loss")
}
