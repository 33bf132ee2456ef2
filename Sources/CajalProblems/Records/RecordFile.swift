import CajalFiles

/// TensorFlow's TFRecord format: a sequence of records, each a little-endian 64-bit length, the masked CRC-32C
/// of the length, the bytes, and the masked CRC-32C of the bytes.
enum RecordFile {
  /// Bytes before the data of a record.
  static let headerSize = 12
  /// Bytes after the data of a record.
  static let footerSize = 4

  /// Appends one record to the bytes of a file.
  static func append(_ record: [UInt8], to file: inout [UInt8]) {
    let length = withUnsafeBytes(of: UInt64(record.count).littleEndian) { [UInt8]($0) }
    file += length
    append(word: CRC32C.masked(CRC32C.checksum(length)), to: &file)
    file += record
    append(word: CRC32C.masked(CRC32C.checksum(record)), to: &file)
  }

  private static func append(word: UInt32, to file: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { file.append(contentsOf: $0) }
  }

  /// Where the data of each record lies, every checksum checked.
  ///
  /// - Throws: ``ProblemError/brokenData(file:offset:reason:)`` at the first record that is cut off or damaged.
  static func recordRanges(in bytes: [UInt8], file: String) throws -> [Range<Int>] {
    try bytes.withUnsafeBytes { raw in
      var ranges: [Range<Int>] = []
      var offset = 0
      while offset < raw.count {
        let range = try recordRange(at: offset, in: raw, file: file)
        ranges.append(range)
        offset = range.upperBound + footerSize
      }
      return ranges
    }
  }

  /// Where the data of the record that starts at `offset` lies.
  private static func recordRange(
    at offset: Int, in bytes: UnsafeRawBufferPointer, file: String
  ) throws -> Range<Int> {
    func broken(_ reason: String) -> ProblemError {
      .brokenData(file: file, offset: offset, reason: reason)
    }
    let left = bytes.count - offset
    guard left >= headerSize else {
      throw broken("the file ends \(left) bytes into the header of a record")
    }
    let lengthBytes = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + 8)])
    guard storedWord(in: bytes, at: offset + 8) == CRC32C.masked(CRC32C.checksum(lengthBytes))
    else {
      throw broken("the checksum of the record's length is wrong")
    }
    let length = UInt64(littleEndian: lengthBytes.loadUnaligned(as: UInt64.self))
    let available = left - headerSize - footerSize
    guard available >= 0, length <= UInt64(available) else {
      throw broken("the file ends \(left) bytes into a record of \(length) bytes")
    }
    let start = offset + headerSize
    let range = start..<(start + Int(length))
    let data = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard storedWord(in: bytes, at: range.upperBound) == CRC32C.masked(CRC32C.checksum(data)) else {
      throw broken("the checksum of the record is wrong")
    }
    return range
  }

  private static func storedWord(in bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
