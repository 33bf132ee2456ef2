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

  /// Fills a buffer with the bytes from `offset` on.
  ///
  /// - Throws: an error when the file has become shorter.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    switch file {
    case .some(let file): try readAll(file.descriptor, into: buffer, at: offset, path: path)
    case .none:
      let file = try Files.openForReading(path)
      try readAll(file.descriptor, into: buffer, at: offset, path: path)
    }
  }

  /// Reads a range of the file.
  ///
  /// - Throws: an error when the file has become shorter.
  package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    try [UInt8](count: range.count) { buffer throws(FileError) in
      try read(into: buffer, at: range.lowerBound)
    }
  }

  /// Computes the CRC-32C of the whole file, in blocks.
  package func checksum() throws(FileError) -> UInt32 { try checksum(from: 0, continuing: 0) }

  /// Computes the CRC-32C of the bytes from `start` to the end, in blocks, continuing the checksum
  /// of bytes before them.
  package func checksum(from start: Int, continuing earlier: UInt32) throws(FileError) -> UInt32 {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    var checksum = earlier
    for offset in stride(from: start, to: count, by: block.count) {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: block[..<min(block.count, count - offset)])
      try read(into: part, at: offset)
      checksum = CRC32C.checksum(UnsafeRawBufferPointer(part), continuing: checksum)
    }
    return checksum
  }
}

extension [UInt8] {
  /// Creates an array of bytes that `fill` writes.
  init(
    count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    var failure: FileError?
    self.init(unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(FileError) {
        try fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}

/// Fills a buffer with the bytes of an open file from `offset` on, in as many system calls as
/// needed.
func readAll(
  _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int, path: String
) throws(FileError) {
  var done = 0
  while done < buffer.count {
    let got = try transferred {
      pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
    }.value(path: path, attempt: "read")
    guard got > 0 else {
      throw FileError(
        path: path, attempt: "read",
        reason: "it ends at byte \(offset + done); it has become shorter")
    }
    done += got
  }
}
