import CajalPlatform

/// The result of a system call, with its error number.
///
/// `errno` is valid only until the next call into the C library; closing a file or freeing a string
/// on the error path overwrites it. So this is the only place that reads it, right after the call.
package struct SystemCall<Value: SignedInteger & Sendable>: Sendable {
  /// The return value.
  package let value: Value
  /// The error number of a failed call, else 0.
  package let code: Int32

  /// Makes a call that returns a negative number on failure.
  package init(_ call: () -> Value) {
    value = call()
    code = value < 0 ? errno : 0
  }

  /// Makes a call that takes a path (see ``RawName``); the path outlives the read of the error
  /// number.
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
  /// The number of bytes written by a call; at least one.
  package func bytesTaken(path: String) throws(FileError) -> Int {
    let count = try value(path: path, attempt: "write")
    guard count > 0 else {
      throw FileError(path: path, attempt: "write", reason: "the device took no more bytes")
    }
    return count
  }
}

/// The bytes that a call read or wrote: `read(2)`, `write(2)` and the like, retried when
/// interrupted by a signal.
package func transferred(_ call: () -> Int) -> SystemCall<Int> {
  while true {
    let result = SystemCall(call)
    if result.code != EINTR { return result }
  }
}
