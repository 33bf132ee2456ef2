import CajalSupport
import Testing

@Suite struct CRC32CTests {
  /// The vectors of RFC 3720, B.4, and the usual check value.
  static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
    (Array("123456789".utf8), 0xE306_9283),
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Array(0..<32), 0x46DD_794E),
    (Array((0..<32).reversed()), 0x113F_DB5C),
    ([], 0),
  ]

  @Test(arguments: vectors)
  func checksum(bytes: [UInt8], expected: UInt32) {
    #expect(CRC32C.checksum(bytes) == expected)
  }

  /// In two parts, cut anywhere, the bytes give the checksum of the whole.
  @Test(arguments: 0...32) func partsAddUp(cut: Int) {
    let bytes = (0..<32).map { UInt8($0 * 7 & 0xFF) }
    let first = CRC32C.checksum(Array(bytes[..<cut]))
    #expect(CRC32C.checksum(Array(bytes[cut...]), continuing: first) == CRC32C.checksum(bytes))
  }
}
