import Synchronization

/// The primitives as plain loops on the processor, with sums in Double.
///
/// Slow on purpose: it is short enough to be checked against the definitions by reading, and the
/// other backends are tested against it. Functions of one element are computed in Double and
/// rounded once.
package final class ReferenceBackend: HostBackend {
  private let held = Atomic(0)

  /// A backend. What it computes depends on no state, so that any two compute the same.
  package init() {}

  /// `reference`
  package var name: String { "reference" }

  /// Memory of the host, 64-byte aligned; at least one byte, so that the address is unique.
  package func allocateMemory(
    byteCount: Int
  ) throws(AllocationError) -> UnsafeMutableRawPointer {
    guard let memory = unsafe SystemMemory.allocate(byteCount: max(byteCount, 1), alignment: 64)
    else {
      throw AllocationError(
        device: name, requestedBytes: byteCount, heldBytes: held.load(ordering: .relaxed),
        totalBytes: SystemMemory.byteCount)
    }
    held.add(byteCount, ordering: .relaxed)
    return unsafe memory
  }

  /// Gives back memory from ``allocateMemory(byteCount:)``.
  package func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    held.subtract(byteCount, ordering: .relaxed)
    unsafe SystemMemory.free(memory)
  }
}
