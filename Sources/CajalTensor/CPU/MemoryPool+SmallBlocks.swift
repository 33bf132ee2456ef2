import Foundation

extension MemoryPool {
  /// Small blocks that wait, for the threads that have them as their share. What is in use is not
  /// known, as a block may be given back elsewhere; at most ``limit`` bytes wait.
  @safe final class SmallBlocks: Sendable {
    /// The most bytes that wait; what is beyond goes back to the system.
    static let limit = 4 << 20

    private let lock = NSLock()
    // Only touched by who holds the lock.
    nonisolated(unsafe) private var waiting: [[UnsafeMutableRawPointer]]
    nonisolated(unsafe) private var waitingBytes = 0
    nonisolated(unsafe) private var heldCount = 0
    nonisolated(unsafe) private var allocationCount = 0

    init() {
      let classes = MemoryPool.sizeClass(MemoryPool.smallLimit).index + 1
      unsafe waiting = unsafe [[UnsafeMutableRawPointer]](repeating: [], count: classes)
    }

    deinit {
      unsafe waiting.joined().forEach { unsafe SystemMemory.free($0) }
    }

    /// How often the system was asked for memory.
    var systemAllocations: Int { lock.withLock { unsafe allocationCount } }

    /// The bytes that came from the system here less those that went back from here. Those of all
    /// shares together are the bytes of all small blocks.
    var heldBytes: Int { lock.withLock { unsafe heldCount } }

    /// A block that waits.
    func take(_ index: Int, _ size: Int) -> UnsafeMutableRawPointer? {
      lock.lock()
      defer { lock.unlock() }
      guard let block = unsafe waiting[index].popLast() else { return nil }
      unsafe waitingBytes -= size
      return unsafe block
    }

    /// A block from the system, if it has one.
    func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
      guard let block = unsafe SystemMemory.allocate(byteCount: size, alignment: 64) else {
        return nil
      }
      lock.withLock {
        unsafe heldCount += size
        unsafe allocationCount += 1
      }
      return unsafe block
    }

    /// Lets a block wait, or gives it back to the system.
    func put(_ block: UnsafeMutableRawPointer, _ index: Int, _ size: Int) {
      lock.lock()
      let waits = unsafe waitingBytes + size <= Self.limit
      if waits {
        unsafe waiting[index].append(block)
        unsafe waitingBytes += size
      } else {
        unsafe heldCount -= size
      }
      lock.unlock()
      if !waits { unsafe SystemMemory.free(block) }
    }
  }
}
