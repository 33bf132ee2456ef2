#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file that bytes are appended to, in order, with every write checked.
///
/// Small pieces are gathered into a buffer, so that appending a few bytes at a time is cheap.
package struct FileWriter: ~Copyable {
  private static let bufferCapacity = 1 << 16

  /// The name used in errors; the open file itself may be a temporary one.
  private let path: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  /// The bytes appended so far.
  package private(set) var count = 0

  /// Takes over an open descriptor, which is closed by `finish()` or when the writer goes away.
  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    buffer.reserveCapacity(Self.bufferCapacity)
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
  }

  /// Appends bytes to the file.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    count += bytes.count
    if buffer.count + bytes.count > Self.bufferCapacity { try flush() }
    if bytes.count < Self.bufferCapacity {
      buffer.append(contentsOf: bytes)
    } else {
      try write(bytes)
    }
  }

  /// Appends bytes to the file.
  package mutating func append(_ bytes: [UInt8]) throws(FileError) {
    // The closure cannot carry the error's type through `withUnsafeBytes` of an array.
    var failure: FileError?
    bytes.withUnsafeBytes { raw in
      do throws(FileError) { try append(raw) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Writes what is left in the buffer, waits until the device has all of it, and closes the file.
  mutating func finish() throws(FileError) {
    try flush()
    // Pipes and some devices cannot be synchronized; they say so with EINVAL.
    if fsync(descriptor) != 0, errno != EINVAL { throw failure() }
    let closed = close(descriptor)
    descriptor = -1
    if closed != 0 { throw failure() }
  }

  private mutating func flush() throws(FileError) {
    let pending = buffer
    buffer.removeAll(keepingCapacity: true)
    var failure: FileError?
    pending.withUnsafeBytes { raw in
      do throws(FileError) { try write(raw) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Writes all the bytes, however many calls the system takes for it.
  private func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if written == 0 {
        throw FileError(path: path, attempt: "write", reason: "the device took no more bytes")
      } else if errno != EINTR {
        throw failure()
      }
    }
  }

  private func failure() -> FileError { FileError(path: path, attempt: "write") }
}

/// `write(2)`, which the method of the same name hides inside the writer.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
