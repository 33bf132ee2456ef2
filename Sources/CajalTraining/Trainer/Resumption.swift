/// How to treat an existing run in the run folder.
public enum Resumption: Sendable, Hashable {
  /// Begin a new run; a folder with checkpoints is an error.
  case never
  /// Continue the run of the folder; a folder without a run is an error, which catches a mistyped
  /// name.
  case required
  /// Continue from the newest checkpoint of the folder, or begin where there is none.
  case ifPresent
}

extension Resumption: ExpressibleByBooleanLiteral {
  /// `true` is ``required`` and `false` is ``never``.
  public init(booleanLiteral value: Bool) { self = value ? .required : .never }
}
