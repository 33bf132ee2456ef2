/// CRC-32C: the Castagnoli polynomial, reflected, with all bits inverted before and after.
package enum CRC32C {
  /// Eight tables of 256 words: table `k` holds what a byte contributes from `k` bytes further on,
  /// so that eight bytes are folded in at once ("slicing by 8").
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var word = UInt32(byte)
      for _ in 0..<8 { word = word >> 1 ^ (word & 1 == 1 ? 0x82F6_3B78 : 0) }
      tables[byte] = word
    }
    for index in 256..<tables.count {
      let previous = tables[index - 256]
      tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()

  /// The checksum of the bytes.
  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { table in
      var crc = ~UInt32(0)
      var index = 0
      while index + 8 <= bytes.count {
        let word =
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
          ^ UInt64(crc)
        crc = 0
        for lane in 0..<8 {
          let byte = Int(truncatingIfNeeded: word >> (8 * UInt64(lane))) & 0xFF
          crc ^= table[(7 - lane) * 256 + byte]
        }
        index += 8
      }
      while index < bytes.count {
        crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
        index += 1
      }
      return ~crc
    }
  }

  /// The checksum of the bytes.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0) }
  }

  /// The checksum as TFRecord files store it: rotated right by 15 bits plus a constant, so that
  /// checksums of data that hold checksums stay sound.
  package static func masked(_ checksum: UInt32) -> UInt32 {
    (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
