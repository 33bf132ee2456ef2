package import CajalTensor
import Foundation

/// A backend for tests whose memory faults when the host touches it.
///
/// A storage has an address that may not be read or written; what computes uses other memory. So
/// code that bypasses the backend stops with a segmentation fault.
package final class FaultingBackend: ForwardingBackend {
  /// What computes.
  package let base: any Backend

  /// A backend that computes on `base`.
  package init(over base: any Backend = Device.cpu.backend) { self.base = base }

  /// Such as `faulting cpu (avx2)`.
  package var name: String { "faulting " + base.name }

  /// An address without access, and the base's memory behind it.
  package func allocate(byteCount: Int) throws(AllocationError) -> Storage {
    let memory = InaccessibleMemory(try base.allocate(byteCount: byteCount))
    guard let address = InaccessibleMemory.reserve(byteCount) else {
      throw AllocationError(
        device: name, requestedBytes: byteCount, heldBytes: 0, totalBytes: nil)
    }
    return HostStorage(address, byteCount: byteCount, on: Device(self), keeping: memory)
  }

  /// The memory that is used.
  package func baseStorage(of storage: Storage) -> Storage {
    guard let memory = (storage as? HostStorage)?.keptOwner as? InaccessibleMemory else {
      preconditionFailure("\(storage) is not of \(name)")
    }
    return memory.base
  }

  /// Executes the work at once.
  package func submit(_ work: @escaping @Sendable (_ base: any Backend) -> Void) { work(base) }

  /// Copies from the base.
  package func download(_ x: Buffer, to host: UnsafeMutableRawBufferPointer) {
    base.download(own(x), to: host)
  }

  /// Waits for the base.
  package func synchronize() { base.synchronize() }
}

/// Addresses without access, and what is used in their place.
private final class InaccessibleMemory: HostMemory {
  let base: Storage

  init(_ base: Storage) { self.base = base }

  /// At least `byteCount` addresses that fault.
  static func reserve(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let memory = mmap(
      nil, max(byteCount, 1), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return memory == UnsafeMutableRawPointer(bitPattern: -1) ? nil : memory
  }

  func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    munmap(memory, max(byteCount, 1))
  }
}
