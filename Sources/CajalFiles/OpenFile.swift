#if canImport(Glibc)
  package import Glibc
#elseif canImport(Musl)
  package import Musl
#else
  package import Darwin
#endif

/// An open file or directory, which is closed exactly once: by ``close()`` or when this goes away.
///
/// Whoever holds a file holds one of these rather than its number, so that an initializer that
/// throws can neither leave it open nor close it twice. By the second time the number may belong to
/// another file of the process.
package struct OpenFile: ~Copyable, Sendable {
  /// The number of the file in this process.
  package let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - flags: how to open it, as for `open(2)`; closing it in other programs is added.
  ///   - mode: the permissions of a file that is created.
  ///   - attempt: what the error says was attempted.
  package init(
    _ path: String, _ flags: Int32, mode: mode_t = 0, attempt: String
  ) throws(FileError) {
    descriptor = try SystemCall(path) { open($0, flags | O_CLOEXEC, mode) }
      .value(path: path, attempt: attempt)
  }

  /// Takes over a file that is open.
  package init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { _ = systemClose(descriptor) }

  /// Closes the file. Some file systems tell only then that they could not store what was written.
  package consuming func close() -> SystemCall<Int32> {
    let descriptor = descriptor
    discard self
    return SystemCall { systemClose(descriptor) }
  }

  /// The number of the file, which whoever takes it has to close.
  package consuming func released() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  /// What the system knows of the file.
  package func status(path: String, attempt: String) throws(FileError) -> stat {
    var status = stat()
    try SystemCall { fstat(descriptor, &status) }.value(path: path, attempt: attempt)
    return status
  }
}

/// `close(2)`, which the method of the same name hides inside the file.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
