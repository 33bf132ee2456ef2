import CajalFiles
import Foundation

/// The right to write a run folder, held until the last reference goes or the process ends, however it
/// ends: the system itself lets go of the lock.
public final class RunLock: Sendable {
  private let descriptor: Int32

  fileprivate init(path: String, folder: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "open") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      let holder = String(decoding: (try? Files.read(path, limit: 64)) ?? [], as: UTF8.self)
      close(descriptor)
      guard code == EWOULDBLOCK else { throw FileError(path: path, attempt: "lock", code: code) }
      throw FileError(
        path: folder, attempt: "write run folder",
        reason: "another training (process \(holder)) is writing it; stop that one or name another "
          + "folder")
    }
    // Who holds it, for the message above; the lock holds even where this cannot be written.
    let identifier = Array("\(getpid())".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, identifier, identifier.count, 0) }
  }

  deinit { close(descriptor) }
}

extension RunFolder {
  /// Takes the right to write this folder and removes what a killed training has left half-written.
  ///
  /// - Throws: An error that names the folder when another training holds it, in this process or
  ///   another one.
  public func lock() throws -> RunLock {
    let lock = try RunLock(path: lockPath, folder: path)
    try removeLeftovers()
    return lock
  }
}
