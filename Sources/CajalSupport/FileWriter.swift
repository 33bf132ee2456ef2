import CajalPlatform

/// A buffered writer that checks every write.
///
/// Small writes are buffered.
package struct FileWriter: ~Copyable {
  private static let bufferCapacity = 1 << 16

  /// The name used in errors; the open file itself may be a temporary one.
  private let path: String
  /// `nil` once closed.
  private var file: OpenFile?
  private var buffer: [UInt8] = []
  /// The error of an earlier write. The file is incomplete from then on, so all later writes throw
  /// it, even if the closure ignores it.
  private var earlierFailure: FileError?
  /// The bytes appended so far.
  package private(set) var count = 0

  /// Takes ownership of a descriptor, which is closed by `finish()` or on deinit.
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

  /// Replaces bytes that were appended earlier, such as a header that could not be known before.
  package mutating func replace(at offset: Int, _ bytes: [UInt8]) throws(FileError) {
    require(offset >= 0 && bytes.count <= count - offset, "Only appended bytes are replaced.")
    try flush()
    let descriptor = file?.descriptor ?? -1
    var done = 0
    while done < bytes.count {
      do throws(FileError) {
        let written = bytes.withUnsafeBytes { bytes in
          transferred {
            pwrite(
              descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
          }
        }
        done += try written.bytesTaken(path: path)
      } catch {
        earlierFailure = error
        throw error
      }
    }
  }

  /// Flushes the buffer, synchronizes the file to the device and closes it.
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
    // Moved out while it is written, and put back to reuse its capacity.
    var pending: [UInt8] = []
    swap(&pending, &buffer)
    try pending.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
    pending.removeAll(keepingCapacity: true)
    swap(&pending, &buffer)
  }

  /// Writes all bytes, in as many system calls as needed.
  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if let earlierFailure { throw earlierFailure }
    // A finished writer has no descriptor, which the system reports.
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

/// `write(2)`, shadowed by the method of that name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
