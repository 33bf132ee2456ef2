package import CajalPlatform

/// An open file or directory that is closed exactly once: by ``close()`` or on deinit.
///
/// Owning the descriptor in an object means that a throwing initializer can neither leak it nor
/// close it twice, when the number may already belong to another file.
package struct OpenFile: ~Copyable, Sendable {
  /// The file descriptor.
  package let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - flags: as for `open(2)`; O_CLOEXEC is added.
  ///   - mode: the permissions of a file that is created.
  ///   - attempt: the attempt named in errors.
  package init(
    _ path: String, _ flags: Int32, mode: mode_t = 0, attempt: String
  ) throws(FileError) {
    descriptor = try SystemCall(path) { open($0, flags | O_CLOEXEC, mode) }
      .value(path: path, attempt: attempt)
  }

  /// Takes ownership of a descriptor.
  package init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { _ = systemClose(descriptor) }

  /// Closes the file. Some file systems report failed writes only then.
  package consuming func close() -> SystemCall<Int32> {
    let descriptor = descriptor
    discard self
    return SystemCall { systemClose(descriptor) }
  }

  /// Gives up ownership of the descriptor; the caller must close it.
  package consuming func released() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  /// The result of `fstat(2)`.
  package func status(path: String, attempt: String) throws(FileError) -> stat {
    var status = stat()
    try SystemCall { fstat(descriptor, &status) }.value(path: path, attempt: attempt)
    return status
  }
}

/// `close(2)`, shadowed by the method of that name.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
