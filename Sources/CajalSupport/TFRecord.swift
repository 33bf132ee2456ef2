/// The framing of TensorFlow's TFRecord format: a file is a sequence of records, each a
/// little-endian 64-bit length, the masked CRC-32C of the length, the bytes, and the masked CRC-32C
/// of the bytes.
package enum TFRecord {
  /// Bytes before the data of a record.
  package static let headerSize = 12
  /// Bytes after the data of a record.
  package static let footerSize = 4

  /// The bytes of a file that hold the record.
  package static func framed(_ record: [UInt8]) -> [UInt8] {
    var bytes = header(length: UInt64(record.count))
    bytes.reserveCapacity(headerSize + record.count + footerSize)
    bytes += record
    append(word: CRC32C.masked(CRC32C.checksum(record)), to: &bytes)
    return bytes
  }

  /// The header of a record of `length` bytes.
  package static func header(length: UInt64) -> [UInt8] {
    var bytes = withUnsafeBytes(of: length.littleEndian) { [UInt8]($0) }
    append(word: CRC32C.masked(CRC32C.checksum(bytes)), to: &bytes)
    return bytes
  }

  private static func append(word: UInt32, to file: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { file.append(contentsOf: $0) }
  }

  /// The length of the data that a header declares, or `nil` when its checksum is wrong.
  package static func length(inHeader bytes: ArraySlice<UInt8>) -> UInt64? {
    let length = Array(bytes.prefix(8))
    guard word(bytes.dropFirst(8).prefix(4)) == CRC32C.masked(CRC32C.checksum(length)) else {
      return nil
    }
    return length.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
  }

  /// Whether the checksum after the data of a record is that of the data.
  package static func isSound(_ data: [UInt8], footer: ArraySlice<UInt8>) -> Bool {
    word(footer) == CRC32C.masked(CRC32C.checksum(data))
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
