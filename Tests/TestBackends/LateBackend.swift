package import CajalTensor
import Foundation
import Synchronization

/// A backend for tests that executes everything later, in order, on a thread of its own.
///
/// Work starts when it is awaited, or when the queue is long. New memory is NaN, and freed memory
/// is overwritten with NaN, both in their turn: what is read before it is written, or freed before
/// it is used, shows in the results. Reads are counted.
package final class LateBackend: ForwardingBackend {
  /// What computes.
  package let base: any Backend
  private let queue = WorkQueue()
  private let reads = Atomic(0)

  /// A backend that computes on `base`, whose memory is on the host.
  package init(over base: any Backend = Device.cpu.backend) { self.base = base }

  deinit { queue.close() }

  /// Such as `late cpu (avx2)`.
  package var name: String { "late " + base.name }

  /// How often the host has waited for the device: the downloads and the calls of
  /// ``synchronize()``.
  package var roundTrips: Int { reads.load(ordering: .relaxed) }

  /// Memory full of NaN.
  package func allocate(byteCount: Int) throws(AllocationError) -> Storage {
    let storage = LateStorage(
      try base.allocate(byteCount: byteCount), on: Device(self), queue: queue)
    queue.add { [memory = storage.base] in memory.poison() }
    return storage
  }

  /// The memory that is used.
  package func baseStorage(of storage: Storage) -> Storage {
    guard let storage = storage as? LateStorage else {
      preconditionFailure("\(storage) is not of \(name)")
    }
    return storage.base
  }

  /// Queues the work.
  package func submit(_ work: @escaping @Sendable (_ base: any Backend) -> Void) {
    queue.add { [base] in work(base) }
  }

  /// Copies when all earlier work is done.
  package func download(_ x: Buffer, to host: UnsafeMutableRawBufferPointer) {
    synchronize()
    base.download(own(x), to: host)
  }

  /// Waits for all earlier work.
  package func synchronize() {
    reads.add(1, ordering: .relaxed)
    queue.wait()
  }
}

/// Memory of the base that is freed in its turn. Queued work refers to the base's memory alone, so
/// that it neither keeps this storage nor counts as one of its owners.
private final class LateStorage: Storage, @unchecked Sendable {
  let base: Storage
  private let queue: WorkQueue

  init(_ base: Storage, on device: Device, queue: WorkQueue) {
    self.base = base
    self.queue = queue
    super.init(byteCount: base.byteCount, on: device)
  }

  deinit { queue.add { [base] in base.poison() } }
}

extension Storage {
  /// Overwrites memory of the host with bytes that are NaN as Float and as Double.
  fileprivate func poison() {
    guard let host = self as? HostStorage else {
      preconditionFailure("\(self) is not memory of the host")
    }
    host.address.initializeMemory(as: UInt8.self, repeating: 0xFF, count: byteCount)
  }
}
