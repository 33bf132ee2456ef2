import CCajalKernels
import Foundation

/// Memory that is used again and again, so that a training step in its steady state neither asks the
/// system nor touches new pages.
///
/// Blocks come in classes, four to a power of two, and wait in lists of their class when they are given
/// back, up to ``cacheLimit`` bytes in all; what is beyond goes back to the system.
final class MemoryPool: Sendable {
  /// How many bytes wait at most.
  static let cacheLimit = 256 << 20
  /// Blocks of at least this size are aligned to it and advised to use huge pages.
  private static let hugePage = 2 << 20

  private struct Lists {
    var waiting: [[Block]] = []
    var byteCount = 0
    var systemAllocations = 0
  }

  /// `@unchecked Sendable`: nobody else knows the address of a block that waits.
  private struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
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

  /// 64-byte aligned memory with undefined contents.
  func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let (index, size) = Self.sizeClass(byteCount)
    let waiting: Block? = lock.withLock {
      guard index < lists.waiting.count, let block = lists.waiting[index].popLast() else {
        lists.systemAllocations += 1
        return nil
      }
      lists.byteCount -= size
      return block
    }
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
    let block = Block(address: memory)
    let keeps = lock.withLock {
      guard lists.byteCount + size <= Self.cacheLimit else { return false }
      while lists.waiting.count <= index { lists.waiting.append([]) }
      lists.waiting[index].append(block)
      lists.byteCount += size
      return true
    }
    if !keeps { memory.deallocate() }
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
