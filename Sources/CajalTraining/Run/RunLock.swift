import CajalSupport

/// Exclusive lock on a run folder, released on deinit or when the process exits, however it exits.
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
  /// Locks this folder for writing and removes what a killed run has left half-written.
  ///
  /// - Throws: An error that names the folder when another run holds it, in this process or
  ///   another one.
  public func lock() throws -> RunLock {
    let lock = try RunLock(path: lockPath, folder: path)
    try removeLeftovers()
    return lock
  }
}
