#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a system call returned, with its error number.
///
/// `errno` holds the reason of a failure only until the next call into the C library: closing a
/// file, freeing a string or asking for another file's status on the way to an error replaces it.
/// So this is the one place that reads it, right after the call.
package struct SystemCall<Value: SignedInteger & Sendable>: Sendable {
  /// What the call returned.
  package let value: Value
  /// The error number of a call that failed, else 0.
  package let code: Int32

  /// Makes a call that returns a negative number when it fails.
  package init(_ call: () -> Value) {
    value = call()
    code = value < 0 ? errno : 0
  }

  /// Makes a call that takes a path, as the system knows it (see ``RawName``), which outlives the
  /// reading of the error number.
  package init(_ path: String, _ call: ([CChar]) -> Value) {
    let path = path.systemPath
    self = withExtendedLifetime(path) { SystemCall { call(path) } }
  }

  /// Whether the call succeeded.
  package var succeeded: Bool { value >= 0 }

  /// The value of a call that succeeded.
  ///
  /// - Throws: an error with the system's reason for the failure.
  @discardableResult
  package func value(path: String, attempt: String) throws(FileError) -> Value {
    guard succeeded else { throw FileError(path: path, attempt: attempt, code: code) }
    return value
  }
}

extension SystemCall<Int> {
  /// How many bytes a call has written: some.
  package func bytesTaken(path: String) throws(FileError) -> Int {
    let count = try value(path: path, attempt: "write")
    guard count > 0 else {
      throw FileError(path: path, attempt: "write", reason: "the device took no more bytes")
    }
    return count
  }
}

/// The bytes that a call read or wrote: `read(2)`, `write(2)` and the like, called again when a
/// signal interrupts them.
package func transferred(_ call: () -> Int) -> SystemCall<Int> {
  while true {
    let result = SystemCall(call)
    if result.code != EINTR { return result }
  }
}
