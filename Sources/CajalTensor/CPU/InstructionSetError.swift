/// Why the level that the environment names cannot be used.
public enum InstructionSetError: Error, Sendable, CustomStringConvertible {
  /// There is no level of this name.
  case unknown(String)
  /// This machine cannot run the level.
  case unavailable(InstructionSet)

  /// One line with the reason and the levels that work.
  public var description: String {
    let levels = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
    return switch self {
    case .unknown(let name):
      "CAJAL_ISA=\(name) names no instruction set; this machine has \(levels)"
    case .unavailable(let level):
      "CAJAL_ISA=\(level.rawValue) asks for instructions that this machine lacks; it has \(levels)"
    }
  }
}
