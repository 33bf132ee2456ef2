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
