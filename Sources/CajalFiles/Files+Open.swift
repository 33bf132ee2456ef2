import CajalPlatform

extension Files {
  /// Opens a file for reading.
  ///
  /// Does not block: a FIFO without a writer, or a socket, throws an error that names its kind. A
  /// directory can be opened, though not read.
  ///
  /// - Parameters:
  ///   - allowsStreams: whether streams that the process was given, as `/dev/stdin` and the shell's
  ///     `<(…)`, are opened, which then are read as long as they last.
  ///   - allowsDevices: whether devices are opened, some of which have no end.
  package static func openForReading(
    _ path: String, allowsStreams: Bool = false, allowsDevices: Bool = false
  ) throws(FileError) -> OpenFile {
    let kind = status(of: path)?.kind ?? .regular
    let isAllowed = allowsStreams && isStream(path) || allowsDevices && kind == .device
    guard !kind.isSpecial || isAllowed else { throw notRegular(path, kind) }
    // O_NONBLOCK: do not hang on a FIFO that has no writer.
    let flags = O_RDONLY | O_NOCTTY | (isAllowed ? 0 : O_NONBLOCK)
    let file = try OpenFile(path, flags, attempt: "read")
    let opened = FileStatus(try file.status(path: path, attempt: "read")).kind
    guard !opened.isSpecial || isAllowed else { throw notRegular(path, opened) }
    return file
  }

  private static func notRegular(_ path: String, _ kind: FileStatus.Kind) -> FileError {
    FileError(path: path, attempt: "read", reason: "it is \(kind.name), not a regular file")
  }

  /// Whether the path names a descriptor of this process.
  private static func isStream(_ path: String) -> Bool {
    path == "/dev/stdin" || path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/self/fd/")
  }

  /// Whether two regular files have equal content.
  package static func haveEqualContent(_ left: String, _ right: String) throws(FileError) -> Bool {
    let (left, right) = (try RandomAccessFile(left), try RandomAccessFile(right))
    guard left.count == right.count else { return false }
    for offset in stride(from: 0, to: left.count, by: 1 << 20) {
      let range = offset..<min(left.count, offset + 1 << 20)
      guard try left.read(range) == right.read(range) else { return false }
    }
    return true
  }
}
