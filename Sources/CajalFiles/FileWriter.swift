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
  /// Nothing once it is closed.
  private var file: OpenFile?
  private var buffer: [UInt8] = []
  /// What stopped an earlier write. The file has a hole from then on, so nothing succeeds any more,
  /// even where the closure that appends goes on.
  private var earlierFailure: FileError?
  /// The bytes appended so far.
  package private(set) var count = 0

  /// Takes over an open descriptor, which is closed by `finish()` or when the writer goes away.
  init(descriptor: Int32, path: String) {
    file = OpenFile(descriptor: descriptor)
    self.path = path
    buffer.reserveCapacity(Self.bufferCapacity)
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
    try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
      try append(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Writes what is left in the buffer, waits until the device has all of it, and closes the file.
  mutating func finish() throws(FileError) {
    if let earlierFailure { throw earlierFailure }
    try flush()
    guard let file = file.take() else { return }
    let synchronized = SystemCall { fsync(file.descriptor) }
    let closed = file.close()
    // Pipes and some devices cannot be synchronized; they say so with EINVAL.
    if synchronized.code != EINVAL { try synchronized.value(path: path, attempt: "write") }
    try closed.value(path: path, attempt: "write")
  }

  private mutating func flush() throws(FileError) {
    // Taken out of the writer while it is written, and put back for its capacity.
    var pending: [UInt8] = []
    swap(&pending, &buffer)
    try pending.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
    pending.removeAll(keepingCapacity: true)
    swap(&pending, &buffer)
  }

  /// Writes all the bytes, however many calls the system takes for it.
  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if let earlierFailure { throw earlierFailure }
    // A writer that is finished has none, which the system says.
    let descriptor = file?.descriptor ?? -1
    var rest = bytes[...]
    while !rest.isEmpty {
      do throws(FileError) {
        let written = transferred {
          systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
        }
        rest = rest.dropFirst(try written.bytesTaken(path: path))
      } catch {
        earlierFailure = error
        throw error
      }
    }
  }
}

/// `write(2)`, which the method of the same name hides inside the writer.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
