import CajalPlatform

/// A failed file operation; the description is one line with the path and the reason.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or directory as the caller named it.
  public var path: String
  /// The attempted operation, as a verb that fits after "cannot": `read`, `write`, `list`.
  public var attempt: String
  /// The reason: the system's text for the error number, or another one.
  public var reason: String

  /// Creates an error with a reason.
  public init(path: String, attempt: String, reason: String) {
    self.path = path
    self.attempt = attempt
    self.reason = reason
  }

  /// Creates an error with the system's reason for an error number, as kept by ``SystemCall``.
  package init(path: String, attempt: String, code: Int32) {
    self.init(path: path, attempt: attempt, reason: String(cString: strerror(code)))
  }

  /// One line: `cannot ATTEMPT PATH: REASON`.
  public var description: String {
    RawName.shown("cannot \(attempt) \(path): \(reason)")
  }
}
