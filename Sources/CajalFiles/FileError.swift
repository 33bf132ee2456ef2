#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What went wrong with a file or a directory, as one line that names it.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or directory as the caller named it.
  package var path: String
  /// What was attempted, as a verb that fits after "cannot": `read`, `write`, `list`.
  package var attempt: String
  /// Why it failed: the system's text for its error number, or a reason of our own.
  package var reason: String

  /// An error with a reason of our own.
  package init(path: String, attempt: String, reason: String) {
    self.path = path
    self.attempt = attempt
    self.reason = reason
  }

  /// An error with the system's reason; by default that of the call that has just failed.
  package init(path: String, attempt: String, code: Int32 = errno) {
    self.init(path: path, attempt: attempt, reason: String(cString: strerror(code)))
  }

  package var description: String { "cannot \(attempt) \(path): \(reason)" }
}
