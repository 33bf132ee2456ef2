import CajalSupport

/// A checksum of a whole file that is stored inside of it: ten digits in the metadata, taken as
/// zeros while the checksum is computed.
private enum Seal {
  static let zeros = "0000000000"

  static func digits(_ checksum: UInt32) -> [UInt8] {
    Array(checksum.zeroPadded(to: zeros.count).utf8)
  }

  /// Where the digits are in the bytes of a header.
  static func range(under key: String, in header: [UInt8]) -> Range<Int>? {
    let pattern = Array("\"\(key)\":\"".utf8)
    guard header.count >= pattern.count + zeros.utf8.count else { return nil }
    for start in 0...(header.count - pattern.count - zeros.utf8.count)
    where header[start] == pattern[0] && header[start...].starts(with: pattern) {
      let first = start + pattern.count
      return first..<(first + zeros.utf8.count)
    }
    return nil
  }
}

extension Safetensors {
  /// Writes a file as ``write(_:metadata:to:)`` does, with the CRC-32C of the whole file in its
  /// metadata, which ``SafetensorsFile/isSealed(under:)`` compares.
  ///
  /// - Parameter key: The checksum's name in the metadata: letters, digits, points and underscores.
  package static func write(
    _ tensors: [Entry], metadata: [String: String], sealedUnder key: String, to path: String
  ) throws {
    let ordered = inFileOrder(tensors)
    var prefix = try encodedHeader(
      of: ordered, metadata: metadata.merging([key: Seal.zeros]) { $1 })
    guard let digits = Seal.range(under: key, in: prefix) else {
      requirementFailure("\(key) is written into a header as it is")
    }
    var checksum = CRC32C.checksum(prefix)
    unsafe forEachPiece(of: ordered) { checksum = unsafe CRC32C.checksum($0, continuing: checksum) }
    prefix.replaceSubrange(digits, with: Seal.digits(checksum))
    try Files.writeAtomically(to: path) { writer in
      try writer.append(prefix)
      try unsafe forEachPiece(of: ordered) { piece in try unsafe writer.append(piece) }
    }
  }
}

extension SafetensorsFile {
  /// Whether every byte of the file is as ``Safetensors/write(_:metadata:sealedUnder:to:)`` wrote
  /// it. Reads the whole file.
  ///
  /// - Throws: ``SafetensorsError`` when the file cannot be read any more.
  package func isSealed(under key: String) throws -> Bool {
    var header = try SafetensorsError.wrapping { try file.read(0..<dataStart) }
    guard let range = Seal.range(under: key, in: header) else { return false }
    let stored = Array(header[range])
    header.replaceSubrange(range, with: Seal.zeros.utf8)
    return try Seal.digits(checksum(continuing: CRC32C.checksum(header))) == stored
  }
}
