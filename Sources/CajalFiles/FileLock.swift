#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The right to a file or a directory, held until the last reference goes or the process ends,
/// however it ends: the system itself lets go of the lock.
package final class FileLock: Sendable {
  private let file: OpenFile
  private var descriptor: Int32 { file.descriptor }

  /// How often and after how many microseconds a lock that is held is tried again, a second in all:
  /// a process that has just been killed lets go when the system has cleared its memory away.
  private static let attempts = 20, pause: UInt32 = 50_000

  /// Takes the lock of a file, which is created, or of a directory, which is there.
  ///
  /// - Parameter isHeld: called when another lock is held, in this process or another one, with the
  ///   text that ``noteProcess()`` left in the file; makes the error to throw.
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

  /// Writes this process's number into the file, for whoever finds it locked; the lock holds even
  /// where that fails.
  package func noteProcess() {
    let identifier = Array("\(getpid())".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, identifier, identifier.count, 0) }
  }

  /// Whether the path still names what is locked: whoever held the lock before may have moved it
  /// away.
  package func isLock(of path: String) -> Bool {
    var (locked, named) = (stat(), stat())
    return fstat(descriptor, &locked) == 0 && stat(path.systemPath, &named) == 0
      && locked.st_dev == named.st_dev && locked.st_ino == named.st_ino
  }

  /// Lets go of the lock before the last reference does.
  package func release() { _ = flock(descriptor, LOCK_UN) }
}
