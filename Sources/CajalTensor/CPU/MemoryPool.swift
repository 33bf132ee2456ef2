import CCajalKernels

/// Caching allocator: no system allocation in the steady state of training.
///
/// Blocks come in classes, four to a power of two, and free blocks are kept in lists of their
/// class: small ones in lists that belong to a few threads each, large ones in lists for all.
final class MemoryPool: Sendable {
  /// The largest request that is passed on: what rounding it up to a block does not overflow.
  private static let largestRequest = Int.max / 4
  /// The largest block that counts as small, in bytes.
  static let smallLimit = 32 << 10
  /// The number of shares of small blocks: a prime, so that threads whose memory lies at equal
  /// distances, whatever these are, have different ones.
  private static let shares = 61

  private let large = LargeBlocks()
  /// What a thread has just given back is in its core's cache, so that it gets that again; and
  /// decoding takes small blocks so often that threads would wait for each other's locks.
  private let small = (0..<shares).map { _ in SmallBlocks() }

  deinit { small.forEach { $0.free() } }

  /// How often the system was asked for memory. It stays what it is in the steady state of a
  /// training.
  var systemAllocations: Int {
    small.reduce(large.systemAllocations) { $0 + $1.systemAllocations }
  }

  /// The bytes of all blocks that are in use or wait.
  var heldBytes: Int { small.reduce(large.heldBytes) { $0 + $1.heldBytes } }

  /// 64-byte aligned memory with undefined contents, or `nil` when the system has none.
  func allocate(byteCount: Int) -> UnsafeMutableRawPointer? {
    guard byteCount <= Self.largestRequest else { return nil }
    let (index, size) = Self.sizeClass(byteCount)
    guard size <= Self.smallLimit else { return unsafe large.allocate(index, size) }
    let share = Self.shareOfThread
    if let own = unsafe small[share].take(index, size) { return unsafe own }
    // A thread may give back what another one took, and would pile it up.
    for distance in 1..<Self.shares {
      if let other = unsafe small[(share + distance) % Self.shares].take(index, size) {
        return unsafe other
      }
    }
    return unsafe small[share].allocate(size)
  }

  /// Takes back memory that was allocated with the same size.
  func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    let (index, size) = Self.sizeClass(byteCount)
    guard size <= Self.smallLimit else { return unsafe large.put(memory, index, size) }
    unsafe small[Self.shareOfThread].put(memory, index, size)
  }

  /// The share of small blocks that the calling thread uses first.
  private static var shareOfThread: Int {
    // The identity is an address in memory of the thread's own, pages from those of others.
    Int((cajal_thread_identity() >> 12) % UInt64(shares))
  }

  /// The number of the class of a size and the bytes of its blocks: multiples of a quarter of the
  /// power of two below, and at least 64.
  static func sizeClass(_ byteCount: Int) -> (index: Int, size: Int) {
    guard byteCount > 64 else { return (0, 64) }
    // 1 << power < byteCount <= 2 << power. Shifts, because a division by a variable takes as long
    // as all the rest.
    let power = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
    let quarterPower = max(power - 2, 6)
    let quarters = (byteCount - 1 &- (1 &<< power)) &>> quarterPower &+ 1
    return (power &* 4 &+ quarters, (1 &<< power) &+ (quarters &<< quarterPower))
  }
}
