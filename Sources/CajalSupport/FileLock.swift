import CajalPlatform

/// Exclusive lock on a file or a directory, released on deinit or when the process exits, however
/// it exits.
package final class FileLock: Sendable {
  private let file: OpenFile
  private var descriptor: Int32 { file.descriptor }

  /// The number of retries, and microseconds between them, for a lock that is held: one second in
  /// all, because a killed process releases its locks only after its memory is freed.
  private static let attempts = 20, pause: UInt32 = 50_000

  /// Locks a file, which is created, or an existing directory.
  ///
  /// - Parameter isHeld: called when the lock is held, by this process or another one, with the
  ///   text written by ``noteProcess()``; returns the error to throw.
  package init(
    _ path: String, isHeld holder: (_ note: String) -> FileError
  ) throws(FileError) {
    let flags = Files.isDirectory(path) ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT
    let file = try OpenFile(path, flags, mode: 0o666, attempt: "open")
    let descriptor = file.descriptor
    var lock = SystemCall { flock(descriptor, LOCK_EX | LOCK_NB) }
    for _ in 1..<Self.attempts where lock.code == EWOULDBLOCK {
      usleep(Self.pause)
      lock = SystemCall { flock(descriptor, LOCK_EX | LOCK_NB) }
    }
    if lock.code == EWOULDBLOCK {
      let note = Files.isDirectory(path) ? [] : (try? Files.read(path, limit: 64)) ?? []
      throw holder(String(decoding: note, as: UTF8.self))
    }
    try lock.value(path: path, attempt: "lock")
    self.file = file
  }

  /// Writes the process ID into the file, for the error of other processes; the lock holds even if
  /// that fails.
  package func noteProcess() {
    let identifier = Array("\(getpid())".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, identifier, identifier.count, 0) }
  }

  /// Whether the path still names the locked file: the previous holder may have moved it.
  package func isLock(of path: String) -> Bool {
    var (locked, named) = (stat(), stat())
    return fstat(descriptor, &locked) == 0 && stat(path.systemPath, &named) == 0
      && locked.st_dev == named.st_dev && locked.st_ino == named.st_ino
  }

  /// Releases the lock early.
  package func release() { _ = flock(descriptor, LOCK_UN) }
}
