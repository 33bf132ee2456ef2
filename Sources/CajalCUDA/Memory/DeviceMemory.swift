import CajalSupport
import CajalTensor

/// Memory of a device that belongs to the backend itself: workspaces, and what is kept of plans.
///
/// Unlike a storage it does not refer to its backend, which may therefore keep it.
final class DeviceMemory: Sendable {
  /// The address in the device's memory.
  let address: UInt64
  private let byteCount: Int
  private let allocator: CachingAllocator

  /// Stops the program where there is no memory, since a primitive cannot fail.
  init(byteCount: Int, of allocator: CachingAllocator) {
    do throws(AllocationError) {
      address = try allocator.allocate(byteCount: byteCount)
    } catch {
      requirementFailure("\(error)")
    }
    self.byteCount = byteCount
    self.allocator = allocator
  }

  deinit { allocator.free(address, byteCount: byteCount) }
}

extension DeviceMemory: KernelArgument {
  /// A pointer.
  package var kernelValue: UInt64 { address }
}
