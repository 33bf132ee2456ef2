import CajalPlatform
import Synchronization

/// A temporary file for concurrent appends and random-access reads.
///
/// It is unlinked once open, so that it vanishes however the process ends.
package final class SpoolFile: Sendable {
  private let path: String
  private let file: OpenFile
  private let end = Mutex(0)

  /// A new, empty file on the file system of `directory`.
  package init(in directory: String) throws(FileError) {
    let path = directory + "/" + Files.temporaryName()
    let opened = SystemCall(path) { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    file = OpenFile(
      descriptor: try opened.value(path: directory, attempt: "write into"))
    _ = unlink(path.systemPath)
    self.path = path
  }

  /// Appends bytes and returns their offset.
  package func append(_ bytes: [UInt8]) throws(FileError) -> Int {
    let start = end.withLock { end in
      defer { end += bytes.count }
      return end
    }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { bytes in
        transferred {
          pwrite(
            file.descriptor, bytes.baseAddress! + written, bytes.count - written,
            off_t(start + written))
        }
      }
      written += try count.bytesTaken(path: path)
    }
    return start
  }

  /// Reads a range of appended bytes.
  package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    try [UInt8](count: range.count) { buffer throws(FileError) in
      try readAll(file.descriptor, into: buffer, at: range.lowerBound, path: path)
    }
  }
}
