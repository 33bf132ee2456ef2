import Cajal
import CajalSupport

extension Model {
  /// A checksum of the weights.
  var weightsChecksum: UInt32 {
    parameters.buffers.reduce(0) { checksum, buffer in
      buffer.scalars.withUnsafeBytes { CRC32C.checksum(Array($0), continuing: checksum) }
    }
  }
}
