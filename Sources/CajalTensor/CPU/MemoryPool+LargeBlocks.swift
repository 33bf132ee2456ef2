import CCajalKernels
import Foundation

extension MemoryPool {
  /// Blocks for all threads. What is used and what waits are together at most a quarter more than
  /// the most that was in use at once, or ``cacheLimit`` bytes if that is more; what is beyond goes
  /// back to the system, and when nothing is in use any more all but ``cacheLimit`` bytes do.
  final class LargeBlocks: Sendable {
    /// Free bytes kept cached when idle.
    static let cacheLimit = 256 << 20
    /// Blocks of at least this size are aligned to it and advised to use huge pages.
    private static let hugePage = 2 << 20

    // A lock of the system's rather than Synchronization's, which the thread sanitizer does not see
    // through.
    private let lock = NSLock()
    /// Only touched by who holds the lock.
    nonisolated(unsafe) private var lists = Lists()

    deinit {
      for block in unsafe lists.waiting.joined() { unsafe SystemMemory.free(block.address) }
    }

    /// How often the system was asked for memory.
    var systemAllocations: Int { lock.withLock { unsafe lists.systemAllocations } }

    /// The bytes of all blocks that are in use or wait.
    var heldBytes: Int { lock.withLock { unsafe lists.usedBytes + lists.waitingBytes } }

    /// A block that waits, or one from the system, if it has one.
    func allocate(_ index: Int, _ size: Int) -> UnsafeMutableRawPointer? {
      let waiting = lock.withLock { unsafe lists.take(index, size) }
      if let waiting { return unsafe waiting.address }
      let huge = size >= Self.hugePage
      guard
        let memory = unsafe SystemMemory.allocate(
          byteCount: size, alignment: huge ? Self.hugePage : 64)
      else { return nil }
      let leaving = lock.withLock { unsafe lists.add(size) }
      for block in leaving { unsafe SystemMemory.free(block.address) }
      if huge { unsafe cajal_advise_huge_pages(memory, size) }
      return unsafe memory
    }

    /// Lets a block wait, or gives blocks back to the system.
    func put(_ memory: UnsafeMutableRawPointer, _ index: Int, _ size: Int) {
      let block = unsafe Block(address: memory, byteCount: size)
      let leaving = lock.withLock { unsafe lists.put(block, index, size) }
      for block in leaving { unsafe SystemMemory.free(block.address) }
    }
  }

  /// `@unchecked Sendable`: a free block has no other user that knows its address.
  @safe private struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let byteCount: Int
  }

  private struct Lists {
    var waiting: [[Block]] = []
    var waitingBytes = 0
    var usedBytes = 0
    var mostUsedBytes = 0
    var systemAllocations = 0

    /// Takes a block that waits, if there is one.
    mutating func take(_ index: Int, _ size: Int) -> Block? {
      guard index < waiting.count, let block = waiting[index].popLast() else { return nil }
      usedBytes += size
      mostUsedBytes = max(mostUsedBytes, usedBytes)
      waitingBytes -= size
      return block
    }

    /// Notes that a block came from the system; returns the blocks that go back to it, which wait
    /// for sizes that may not be asked for again.
    mutating func add(_ size: Int) -> [Block] {
      usedBytes += size
      mostUsedBytes = max(mostUsedBytes, usedBytes)
      systemAllocations += 1
      return removeLargest(downTo: most - usedBytes)
    }

    /// The bytes that may be used and wait together.
    private var most: Int { max(LargeBlocks.cacheLimit, mostUsedBytes + mostUsedBytes / 4) }

    /// Notes that a block is not in use any more; returns the blocks that go back to the system.
    mutating func put(_ block: Block, _ index: Int, _ size: Int) -> [Block] {
      usedBytes -= size
      guard usedBytes + waitingBytes + size <= most else { return [block] }
      while waiting.count <= index { waiting.append([]) }
      waiting[index].append(block)
      waitingBytes += size
      guard usedBytes == 0 else { return [] }
      mostUsedBytes = 0
      return removeLargest(downTo: LargeBlocks.cacheLimit)
    }

    /// Removes waiting blocks, the largest first, until no more than so many bytes wait.
    private mutating func removeLargest(downTo limit: Int) -> [Block] {
      guard waitingBytes > limit else { return [] }
      var removed: [Block] = []
      for index in waiting.indices.reversed() {
        while waitingBytes > limit, let block = waiting[index].popLast() {
          waitingBytes -= block.byteCount
          removed.append(block)
        }
      }
      return removed
    }
  }
}
