import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension MemoryPool {
  /// Small blocks that wait, for the threads that have them as their share. What is in use is not
  /// known, as a block may be given back elsewhere; at most ``limit`` bytes wait.
  ///
  /// Every operation of decoding takes a block and gives one back, so that this costs a few
  /// instructions: a list is linked through its blocks, and the lock is held so shortly that
  /// waiting for it is trying again.
  @safe struct SmallBlocks: @unchecked Sendable {
    /// The most bytes that wait; what is beyond goes back to the system.
    static let limit = 4 << 20

    private struct Counts {
      var waitingBytes = 0
      var heldBytes = 0
      var systemAllocations = 0
    }

    private let isLocked: UnsafeMutablePointer<Atomic<Bool>>
    // Only touched by who holds the lock.
    private let counts: UnsafeMutablePointer<Counts>
    /// The first block of each class; a block begins with the address of the next one.
    private let waiting: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    private static let classes = MemoryPool.sizeClass(MemoryPool.smallLimit).index + 1
    /// What keeps two shares out of each other's cache lines, which processors fetch in pairs.
    private static let alignment = 128

    /// No blocks; ``free()`` ends it.
    init() {
      let lists = unsafe MemoryLayout<UnsafeMutableRawPointer?>.stride * Self.classes
      let place = lists + MemoryLayout<Counts>.stride
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: place + MemoryLayout<Atomic<Bool>>.stride, alignment: Self.alignment)
      unsafe waiting = unsafe memory.initializeMemory(
        as: UnsafeMutableRawPointer?.self, repeating: nil, count: Self.classes)
      unsafe counts = unsafe (memory + lists).initializeMemory(
        as: Counts.self, repeating: Counts(), count: 1)
      unsafe isLocked = unsafe (memory + place).bindMemory(to: Atomic<Bool>.self, capacity: 1)
      unsafe isLocked.initialize(to: Atomic(false))
    }

    /// Gives everything back to the system.
    func free() {
      for index in 0..<Self.classes {
        while let block = unsafe popped(index) { unsafe SystemMemory.free(block) }
      }
      unsafe isLocked.deinitialize(count: 1)
      unsafe UnsafeMutableRawPointer(waiting).deallocate()
    }

    /// How often the system was asked for memory.
    var systemAllocations: Int { withLock { unsafe counts.pointee.systemAllocations } }

    /// The bytes that came from the system here less those that went back from here. Those of all
    /// shares together are the bytes of all small blocks.
    var heldBytes: Int { withLock { unsafe counts.pointee.heldBytes } }

    /// A block that waits.
    func take(_ index: Int, _ size: Int) -> UnsafeMutableRawPointer? {
      unsafe withLock {
        guard let block = unsafe popped(index) else { return nil }
        unsafe counts.pointee.waitingBytes -= size
        return unsafe block
      }
    }

    /// A block from the system, if it has one.
    func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
      guard let block = unsafe SystemMemory.allocate(byteCount: size, alignment: 64) else {
        return nil
      }
      withLock {
        unsafe counts.pointee.heldBytes += size
        unsafe counts.pointee.systemAllocations += 1
      }
      return unsafe block
    }

    /// Lets a block wait, or gives it back to the system.
    func put(_ block: UnsafeMutableRawPointer, _ index: Int, _ size: Int) {
      let waits = withLock {
        guard unsafe counts.pointee.waitingBytes + size <= Self.limit else {
          unsafe counts.pointee.heldBytes -= size
          return false
        }
        unsafe block.storeBytes(of: waiting[index], as: UnsafeMutableRawPointer?.self)
        unsafe waiting[index] = unsafe block
        unsafe counts.pointee.waitingBytes += size
        return true
      }
      if !waits { unsafe SystemMemory.free(block) }
    }

    private func popped(_ index: Int) -> UnsafeMutableRawPointer? {
      guard let block = unsafe waiting[index] else { return nil }
      unsafe waiting[index] = unsafe block.load(as: UnsafeMutableRawPointer?.self)
      return unsafe block
    }

    @inline(__always)
    private func withLock<Result>(_ body: () -> Result) -> Result {
      while unsafe isLocked.pointee.exchange(true, ordering: .acquiring) { sched_yield() }
      defer { unsafe isLocked.pointee.store(false, ordering: .releasing) }
      return body()
    }
  }
}
