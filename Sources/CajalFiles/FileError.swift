#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A failed operation on a file or a directory, as one line that names it and says why.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or directory as the caller named it.
  public var path: String
  /// What was attempted, as a verb that fits after "cannot": `read`, `write`, `list`.
  public var attempt: String
  /// Why it failed: the system's text for its error number, or a reason of our own.
  public var reason: String

  /// An error with a reason of our own.
  public init(path: String, attempt: String, reason: String) {
    self.path = path
    self.attempt = attempt
    self.reason = reason
  }

  /// An error with the system's reason for an error number, as ``SystemCall`` keeps it.
  package init(path: String, attempt: String, code: Int32) {
    self.init(path: path, attempt: attempt, reason: String(cString: strerror(code)))
  }

  /// One line: `cannot ATTEMPT PATH: REASON`.
  public var description: String {
    RawName.shown("cannot \(attempt) \(path): \(reason)")
  }
}
