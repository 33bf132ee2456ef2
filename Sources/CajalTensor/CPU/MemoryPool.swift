import CCajalKernels
import Foundation

/// Memory that is used again and again, so that a training step in its steady state neither asks the
/// system nor touches new pages.
///
/// Blocks come in classes, four to a power of two, and wait in lists of their class when they are given
/// back. What is used and what waits together are at most a quarter more than the most that was in use at
/// once, or ``cacheLimit`` bytes if that is more; what is beyond goes back to the system, and when nothing is
/// in use any more all but ``cacheLimit`` bytes do.
final class MemoryPool: Sendable {
  /// How many bytes may wait however little is in use.
  static let cacheLimit = 256 << 20
  /// Blocks of at least this size are aligned to it and advised to use huge pages.
  private static let hugePage = 2 << 20

  private struct Lists {
    var waiting: [[Block]] = []
    var waitingBytes = 0
    var usedBytes = 0
    var mostUsedBytes = 0
    var systemAllocations = 0

    /// Notes that a block came into use, and takes one that waits if there is one.
    mutating func take(_ index: Int, _ size: Int) -> Block? {
      usedBytes += size
      mostUsedBytes = max(mostUsedBytes, usedBytes)
      guard index < waiting.count, let block = waiting[index].popLast() else {
        systemAllocations += 1
        return nil
      }
      waitingBytes -= size
      return block
    }

    /// Notes that a block is not in use any more; returns the blocks that go back to the system.
    mutating func put(_ block: Block, _ index: Int, _ size: Int) -> [Block] {
      usedBytes -= size
      let most = max(MemoryPool.cacheLimit, mostUsedBytes + mostUsedBytes / 4)
      guard usedBytes + waitingBytes + size <= most else { return [block] }
      while waiting.count <= index { waiting.append([]) }
      waiting[index].append(block)
      waitingBytes += size
      guard usedBytes == 0 else { return [] }
      mostUsedBytes = 0
      return removeLargest()
    }

    /// Removes waiting blocks, the largest first, until no more than the cache's limit wait.
    private mutating func removeLargest() -> [Block] {
      var removed: [Block] = []
      for index in waiting.indices.reversed() {
        while waitingBytes > MemoryPool.cacheLimit, let block = waiting[index].popLast() {
          waitingBytes -= block.byteCount
          removed.append(block)
        }
      }
      return removed
    }
  }

  /// `@unchecked Sendable`: nobody else knows the address of a block that waits.
  private struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let byteCount: Int
  }

  // A lock of the system's rather than Synchronization's, which the thread sanitizer does not see through.
  private let lock = NSLock()
  /// Only touched by who holds the lock.
  nonisolated(unsafe) private var lists = Lists()

  deinit {
    for block in lists.waiting.joined() { block.address.deallocate() }
  }

  /// How often the system was asked for memory. It stays what it is in the steady state of a training.
  var systemAllocations: Int { lock.withLock { lists.systemAllocations } }

  /// The bytes of all blocks that are in use or wait.
  var heldBytes: Int { lock.withLock { lists.usedBytes + lists.waitingBytes } }

  /// 64-byte aligned memory with undefined contents.
  func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let (index, size) = Self.sizeClass(byteCount)
    let waiting = lock.withLock { lists.take(index, size) }
    if let waiting { return waiting.address }
    let huge = size >= Self.hugePage
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: huge ? Self.hugePage : 64)
    if huge { cajal_advise_huge_pages(memory, size) }
    return memory
  }

  /// Takes back memory that was allocated with the same size.
  func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    let (index, size) = Self.sizeClass(byteCount)
    let block = Block(address: memory, byteCount: size)
    let leaving = lock.withLock { lists.put(block, index, size) }
    for block in leaving { block.address.deallocate() }
  }

  /// The number of the class of a size and the bytes of its blocks: multiples of a quarter of the power
  /// of two below, and at least 64.
  static func sizeClass(_ byteCount: Int) -> (index: Int, size: Int) {
    let bytes = max(byteCount, 64)
    let power = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount
    let base = 1 << power
    guard bytes > 64 else { return (0, 64) }
    // base < bytes <= 2 * base; base is at least 64, so that quarters are multiples of 16.
    let quarter = max(base / 4, 64)
    let quarters = (bytes - base + quarter - 1) / quarter
    return (power * 4 + quarters, base + quarters * quarter)
  }
}
