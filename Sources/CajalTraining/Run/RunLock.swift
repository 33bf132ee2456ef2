import CajalFiles

/// The right to write a run folder, held until the last reference goes or the process ends, however
/// it ends: the system itself lets go of the lock.
public final class RunLock: Sendable {
  private let lock: FileLock

  fileprivate init(path: String, folder: String) throws {
    lock = try FileLock(path) { holder in
      FileError(
        path: folder, attempt: "write run folder",
        reason: "another run of this program (process \(holder)) is writing it; stop that one or "
          + "name another folder")
    }
    lock.noteProcess()
  }
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
