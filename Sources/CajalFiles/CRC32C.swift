import CCajalKernels

/// CRC-32C: the Castagnoli polynomial, reflected, with all bits inverted before and after.
package enum CRC32C {
  /// The checksum of the bytes, or of those that gave `earlier` and these after them.
  package static func checksum(
    _ bytes: UnsafeRawBufferPointer, continuing earlier: UInt32 = 0
  ) -> UInt32 {
    cajal_crc32c(earlier, bytes.baseAddress, bytes.count)
  }

  /// The checksum of the bytes, or of those that gave `earlier` and these after them.
  package static func checksum(_ bytes: [UInt8], continuing earlier: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0, continuing: earlier) }
  }

  /// The checksum as TFRecord files store it: rotated right by 15 bits plus a constant, so that
  /// checksums of data that hold checksums stay sound.
  package static func masked(_ checksum: UInt32) -> UInt32 {
    (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
