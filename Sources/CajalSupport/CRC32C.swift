import CCajalKernels

/// CRC-32C: the Castagnoli polynomial, reflected, with all bits inverted before and after.
package enum CRC32C {
  /// Returns the checksum of the bytes; with `earlier`, continues that checksum.
  package static func checksum(
    _ bytes: UnsafeRawBufferPointer, continuing earlier: UInt32 = 0
  ) -> UInt32 {
    cajal_crc32c(earlier, bytes.baseAddress, bytes.count)
  }

  /// Returns the checksum of the bytes; with `earlier`, continues that checksum.
  package static func checksum(_ bytes: [UInt8], continuing earlier: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0, continuing: earlier) }
  }

  /// The masked checksum of TFRecord files: rotated right by 15 bits plus a constant, which keeps
  /// checksums of data that contain checksums sound.
  package static func masked(_ checksum: UInt32) -> UInt32 {
    (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
