/// A piece of a backend's memory that tensors share, freed with its last owner.
///
/// `@unchecked Sendable`: the memory is written only by the one owner that has just made it or that has
/// found itself unique (copy on write), and only read once it is shared.
final class Storage: @unchecked Sendable {
  let device: Device
  let byteCount: Int
  let memory: UnsafeMutableRawPointer

  init(byteCount: Int, on device: Device) {
    self.device = device
    self.byteCount = byteCount
    memory = device.backend.allocate(byteCount: byteCount)
  }

  deinit { device.backend.deallocate(memory, byteCount: byteCount) }
}
