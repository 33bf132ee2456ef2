import CajalFiles
import Foundation
import Synchronization

/// The right to write a cache folder. The system takes it back when the process ends, however it ends.
final class CacheLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `FileError` where another download holds it, in this process or another one.
  init(folder: String) throws(FileError) {
    let path = folder + "/.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: folder, attempt: "write into") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else { throw FileError(path: path, attempt: "lock", code: code) }
      throw FileError(
        path: folder, attempt: "download into",
        reason: "another download is filling it; wait for that one or name another folder")
    }
  }

  func release() { _ = flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}
