/// A hyperparameter that cannot be used, with the reason in one line.
public struct HyperparameterError: Error, Hashable, CustomStringConvertible {
  /// The hyperparameter's name.
  public let name: String
  /// What is wrong with it and what is possible.
  public let reason: String

  /// An error about the hyperparameter `name`.
  public init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  /// `name: reason`
  public var description: String { "\(name): \(reason)" }
}
