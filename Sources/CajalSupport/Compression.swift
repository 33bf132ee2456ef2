/// The compression of a file, detected by its first bytes.
package enum Compression: Sendable, CaseIterable {
  case gzip, zlib, zstandard, bzip2, xz, zip

  /// The compression of a file with these first bytes, or `nil` if unknown.
  package init?(ofFileThatBegins first: [UInt8]) {
    guard let found = Self.allCases.first(where: { $0.begins(first) }) else { return nil }
    self = found
  }

  private func begins(_ bytes: [UInt8]) -> Bool {
    switch self {
    // Deflate is the only method of either format.
    case .gzip: bytes.starts(with: [0x1F, 0x8B, 8])
    case .zlib:
      bytes.count >= 2 && bytes[0] & 0x0F == 8 && bytes[0] >> 4 <= 7
        && (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0
    case .zstandard: bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
    case .bzip2: bytes.starts(with: "BZh".utf8)
    case .xz: bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0])
    case .zip: bytes.starts(with: [0x50, 0x4B, 3, 4])
    }
  }

  /// The name of the format.
  package var name: String {
    switch self {
    case .gzip: "GZIP"
    case .zlib: "ZLIB"
    case .zstandard: "Zstandard"
    case .bzip2: "bzip2"
    case .xz: "XZ"
    case .zip: "ZIP"
    }
  }

  /// Whether ``InflatingReader`` reads it.
  package var isReadable: Bool { self == .gzip || self == .zlib }
}
