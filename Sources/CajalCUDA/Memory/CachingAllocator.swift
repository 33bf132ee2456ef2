import CCajalCUDA
import CajalTensor
import Foundation

/// Device memory that is kept for reuse: in steady state nothing is asked of the driver.
///
/// Free memory is listed by size. It may be handed out at once, as all work on it is in the order
/// of one stream. Of several pieces the one with the lowest address is: then a step that asks for the
/// same sizes in the same order as the one before has the same addresses, and a graph of its launches
/// stays as it is. When the device has no more, what is free goes back to the driver first.
final class CachingAllocator: @unchecked Sendable {
  private let context: CUDAContext
  /// Whether new and freed memory is overwritten with NaN, for tests.
  private let poisons: Bool
  /// Whether free memory is kept.
  private let caches: Bool
  // A lock of the system's rather than Synchronization's, which the thread sanitizer does not see.
  private let lock = NSLock()
  // Guarded by the lock.
  private var free: [Int: AddressList] = [:]
  private var usedBytes = 0, cachedBytes = 0, peakBytes = 0

  init(_ context: CUDAContext, poisons: Bool, caches: Bool) {
    self.context = context
    self.poisons = poisons
    self.caches = caches
  }

  /// The bytes in use, those in use at most at a time, and those kept for later.
  var statistics: (used: Int, peak: Int, cached: Int) {
    lock.withLock { (usedBytes, peakBytes, cachedBytes) }
  }

  /// The size that is allocated for a request: multiples of 512 bytes, then eight steps for each
  /// power of two, which wastes at most an eighth.
  static func size(for byteCount: Int) -> Int {
    let least = max(byteCount, 1)
    let power = max(9, Int.bitWidth - 1 - least.leadingZeroBitCount - 3)
    return ((least + (1 << power) - 1) >> power) << power
  }

  private func ownSize(for byteCount: Int) -> Int {
    caches ? Self.size(for: byteCount) : max(byteCount, 1)
  }

  /// Memory of at least `byteCount` bytes.
  func allocate(byteCount: Int) throws(AllocationError) -> UInt64 {
    lock.lock()
    defer { lock.unlock() }
    let size = ownSize(for: byteCount)
    let address: UInt64
    if let known = free[size]?.popLowest() {
      address = known
      cachedBytes -= size
    } else if let new = context.allocate(size) {
      address = new
    } else {
      emptyCache()
      guard let new = context.allocate(size) else {
        throw AllocationError(
          device: context.name, requestedBytes: byteCount, heldBytes: usedBytes,
          totalBytes: context.totalBytes, freeBytes: context.freeBytes)
      }
      address = new
    }
    usedBytes += size
    peakBytes = max(peakBytes, usedBytes)
    if poisons { context.setBytes(address, to: 0xFF, count: size) }
    return address
  }

  /// Takes memory back.
  func free(_ address: UInt64, byteCount: Int) {
    let size = ownSize(for: byteCount)
    lock.withLock {
      if poisons { context.setBytes(address, to: 0xFF, count: size) }
      free[size, default: AddressList()].insert(address)
      usedBytes -= size
      cachedBytes += size
      if !caches { emptyCache() }
    }
  }

  /// Gives what is free back to the driver. The lock is held.
  private func emptyCache() {
    context.synchronize()
    for address in free.values.flatMap(\.descending) { context.free(address) }
    free = [:]
    cachedBytes = 0
  }

  deinit { emptyCache() }
}

/// Free pieces of memory of one size.
private struct AddressList {
  private(set) var descending: [UInt64] = []

  mutating func insert(_ address: UInt64) {
    var (low, high) = (0, descending.count)
    while low < high {
      let middle = (low + high) / 2
      if descending[middle] > address { low = middle + 1 } else { high = middle }
    }
    descending.insert(address, at: low)
  }

  mutating func popLowest() -> UInt64? { descending.popLast() }
}
