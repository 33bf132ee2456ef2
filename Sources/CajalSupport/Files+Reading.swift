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

extension Files {
  /// The text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark, which is removed;
  /// Windows editors and shells write such files.
  ///
  /// - Parameter repairsOthers: whether invalid bytes are replaced instead of throwing an error.
  /// - Throws: `FileError`.
  package static func readText(
    _ path: String, limit: Int, repairsOthers: Bool = false
  ) throws(FileError) -> String {
    let bytes = try read(path, limit: limit)
    guard let text = text(of: bytes) else {
      if repairsOthers { return String(decoding: bytes, as: UTF8.self) }
      throw FileError(
        path: path, attempt: "read", reason: "it is not text in UTF-8; save it as UTF-8")
    }
    return text
  }

  private static func text(of bytes: [UInt8]) -> String? {
    func units<Unit: FixedWidthInteger>(_ type: Unit.Type, isBigEndian: Bool) -> [Unit]? {
      let size = Unit.bitWidth / 8
      guard bytes.count.isMultiple(of: size) else { return nil }
      return stride(from: size, to: bytes.count, by: size).map { start in
        let unit = bytes[start..<start + size]
        return (isBigEndian ? Array(unit) : unit.reversed()).reduce(0) { $0 << 8 | Unit($1) }
      }
    }
    switch (bytes.first, bytes.dropFirst().first) {
    case (0xEF, 0xBB) where bytes.dropFirst(2).first == 0xBF:
      return String(validating: bytes.dropFirst(3), as: UTF8.self)
    case (0xFF, 0xFE) where bytes.dropFirst(2).prefix(2).elementsEqual([0, 0]):
      return units(UInt32.self, isBigEndian: false).flatMap {
        String(validating: $0, as: UTF32.self)
      }
    case (0xFF, 0xFE):
      return units(UInt16.self, isBigEndian: false).flatMap {
        String(validating: $0, as: UTF16.self)
      }
    case (0xFE, 0xFF):
      return units(UInt16.self, isBigEndian: true).flatMap {
        String(validating: $0, as: UTF16.self)
      }
    default:
      return String(validating: bytes, as: UTF8.self)
    }
  }
}
