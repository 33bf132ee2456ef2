#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The right to a file or a directory, held until the last reference goes or the process ends, however it ends: the
/// system itself lets go of the lock.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock of a file, which is created, or of a directory, which is there.
  ///
  /// - Parameter holder: called when another lock is held, in this process or another one, with the text that
  ///   ``noteProcess()`` left in the file; makes the error to throw.
  package init(
    _ path: String, isHeld holder: (_ note: String) -> FileError
  ) throws(FileError) {
    let flags = Files.isDirectory(path) ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT
    descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "open") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      let note = Files.isDirectory(path) ? [] : (try? Files.read(path, limit: 64)) ?? []
      _ = close(descriptor)
      guard code == EWOULDBLOCK else { throw FileError(path: path, attempt: "lock", code: code) }
      throw holder(String(decoding: note, as: UTF8.self))
    }
  }

  /// Writes this process's number into the file, for whoever finds it locked; the lock holds even where that fails.
  package func noteProcess() {
    let identifier = Array("\(getpid())".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, identifier, identifier.count, 0) }
  }

  /// Lets go of the lock before the last reference does.
  package func release() { _ = flock(descriptor, LOCK_UN) }

  deinit { _ = close(descriptor) }
}
