import CajalSupport

/// Errors from reading or writing a picture; each description is one line that names the file.
public struct ImageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of error, for programs.
  public enum Kind: Sendable, Hashable {
    /// The file cannot be read.
    case unreadable
    /// The file is of a format, or holds colors, that are not supported.
    case unsupported
    /// The data is empty, truncated or damaged.
    case damaged
    /// The picture is over the limits.
    case tooLarge
    /// The picture cannot be written.
    case unwritable
  }

  /// The kind of error.
  public let kind: Kind
  /// The file, or the name that was given for the bytes.
  public let name: String
  /// The reason, and a remedy if there is one.
  public let reason: String

  init(_ kind: Kind, name: String, reason: String) {
    self.kind = kind
    self.name = name
    self.reason = reason
  }

  /// The name and the reason in one line.
  public var description: String { RawName.shown("\(name): \(reason)") }
}
