/// A hyperparameter that cannot be used, with the reason in one line.
public struct HyperparameterError: Error, Hashable, CustomStringConvertible {
  /// The hyperparameter's name.
  public let name: String
  /// What is wrong with it and what is possible.
  public let reason: String

  /// `name: reason`
  public var description: String { "\(name): \(reason)" }
}
