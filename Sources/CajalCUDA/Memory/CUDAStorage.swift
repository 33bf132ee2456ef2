import CajalSupport
package import CajalTensor

/// Memory of a CUDA device.
package final class CUDAStorage: Storage, @unchecked Sendable {
  /// The address in the device's memory.
  let address: UInt64
  private let memory: CachingAllocator

  init(_ address: UInt64, byteCount: Int, of memory: CachingAllocator, on device: Device) {
    self.address = address
    self.memory = memory
    super.init(byteCount: byteCount, on: device)
  }

  deinit { memory.free(address, byteCount: byteCount) }

  /// Where a buffer's elements are in the device's memory.
  static func address(of buffer: Buffer) -> UInt64 {
    guard let storage = buffer.storage as? CUDAStorage else {
      requirementFailure("a buffer of \(buffer.storage.device) is not in a GPU's memory")
    }
    return storage.address + UInt64(buffer.offset * buffer.scalarType.byteCount)
  }
}
