package import CajalTensor
import Synchronization

/// A backend for tests with little memory.
package final class LimitedBackend: ForwardingBackend {
  /// What computes.
  package let base: any Backend
  private let limit: Int
  private let used = Atomic(0)
  private let peak = Atomic(0)

  /// A backend that computes on `base` and gives out `bytes` bytes at a time.
  package init(bytes: Int, over base: any Backend = Device.cpu.backend) {
    self.base = base
    limit = bytes
  }

  /// Such as `limited cpu (avx2)`.
  package var name: String { "limited " + base.name }

  /// The bytes of all storages that are alive.
  package var usedBytes: Int { used.load(ordering: .relaxed) }

  /// The most bytes that were alive at a time.
  package var peakBytes: Int { peak.load(ordering: .relaxed) }

  /// Memory, as long as there is some.
  package func allocate(byteCount: Int) throws(AllocationError) -> Storage {
    let now = used.add(byteCount, ordering: .relaxed).newValue
    guard now <= limit else {
      used.subtract(byteCount, ordering: .relaxed)
      throw AllocationError(
        device: name, requestedBytes: byteCount, heldBytes: now - byteCount, totalBytes: limit)
    }
    peak.max(now, ordering: .relaxed)
    return LimitedStorage(try base.allocate(byteCount: byteCount), on: Device(self)) {
      [self] in used.subtract(byteCount, ordering: .relaxed)
    }
  }

  /// The memory that is used.
  package func baseStorage(of storage: Storage) -> Storage {
    guard let storage = storage as? LimitedStorage else {
      preconditionFailure("\(storage) is not of \(name)")
    }
    return storage.base
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

/// Memory that says when it is given back.
private final class LimitedStorage: Storage, @unchecked Sendable {
  let base: Storage
  private let release: () -> Void

  init(_ base: Storage, on device: Device, release: @escaping () -> Void) {
    self.base = base
    self.release = release
    super.init(byteCount: base.byteCount, on: device)
  }

  deinit { release() }
}
