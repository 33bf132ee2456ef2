import CajalPlatform

/// A file for reading at any offset from any thread.
///
/// By default it stays open, so that reads see the opened file even after it has been replaced.
package final class RandomAccessFile: Sendable {
  /// The name in errors.
  package let path: String
  /// The size of the file in bytes when it was opened.
  package let count: Int
  /// `nil` if the file is reopened for each read.
  private let file: OpenFile?

  /// Opens a file for reading.
  ///
  /// - Parameter staysOpen: false if there are too many files to keep all open.
  package init(_ path: String, staysOpen: Bool = true) throws(FileError) {
    let file = try Files.openForReading(path)
    let status = try file.status(path: path, attempt: "read")
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, attempt: "read", reason: "it is not a regular file")
    }
    self.path = path
    count = Int(status.st_size)
    if staysOpen { self.file = consume file } else { self.file = nil }
  }

  /// Reads a range of the file.
  ///
  /// - Throws: an error when the file has become shorter.
  package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    switch file {
    case .some(let file): return try readAll(file.descriptor, range, path: path)
    case .none:
      let file = try Files.openForReading(path)
      return try readAll(file.descriptor, range, path: path)
    }
  }

  /// Computes the CRC-32C of the whole file, in blocks.
  package func checksum() throws(FileError) -> UInt32 {
    var checksum: UInt32 = 0
    for offset in stride(from: 0, to: count, by: 1 << 20) {
      let bytes = try read(offset..<min(count, offset + 1 << 20))
      checksum = CRC32C.checksum(bytes, continuing: checksum)
    }
    return checksum
  }
}

/// Reads a range of an open file, in as many system calls as needed.
func readAll(
  _ descriptor: Int32, _ range: Range<Int>, path: String
) throws(FileError) -> [UInt8] {
  var code: Int32 = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
    while filled < range.count {
      let got = transferred {
        pread(
          descriptor, buffer.baseAddress! + filled, range.count - filled,
          off_t(range.lowerBound + filled))
      }
      code = got.code
      guard got.value > 0 else { return }
      filled += got.value
    }
  }
  if code != 0 { throw FileError(path: path, attempt: "read", code: code) }
  guard bytes.count == range.count else {
    throw FileError(
      path: path, attempt: "read",
      reason: "it ends at byte \(range.lowerBound + bytes.count); it has become shorter")
  }
  return bytes
}
