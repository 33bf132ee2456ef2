import CajalSupport
import Foundation
import Synchronization
import Testing

@testable import CajalTensor

/// Memory that is never touched costs nothing, so that blocks here may be large.
struct MemoryPoolTests {
  private static let blockSize = 8 << 20
  /// Together more than is kept cached when idle.
  private static let blockCount = 2 * MemoryPool.LargeBlocks.cacheLimit / blockSize

  private func allocate(_ count: Int, from pool: MemoryPool) throws -> [UnsafeMutableRawPointer] {
    try (0..<count).map { _ in try #require(pool.allocate(byteCount: Self.blockSize)) }
  }

  private func deallocate(_ blocks: some Sequence<UnsafeMutableRawPointer>, to pool: MemoryPool) {
    for block in blocks { pool.deallocate(block, byteCount: Self.blockSize) }
  }

  /// As in a training run: parameters stay in use while a step's memory comes and goes.
  @Test func asMuchAsWasInUseWaits() throws {
    let pool = MemoryPool()
    let kept = try allocate(1, from: pool)
    for _ in 0..<3 { deallocate(try allocate(Self.blockCount, from: pool), to: pool) }
    #expect(pool.systemAllocations == 1 + Self.blockCount)
    deallocate(kept, to: pool)
  }

  @Test func theRestGoesBackWhenNothingIsInUse() throws {
    let pool = MemoryPool()
    deallocate(try allocate(Self.blockCount, from: pool), to: pool)
    let waiting = MemoryPool.LargeBlocks.cacheLimit / Self.blockSize
    let blocks = try allocate(Self.blockCount, from: pool)
    #expect(pool.systemAllocations == 2 * Self.blockCount - waiting)
    deallocate(blocks, to: pool)
  }

  /// Blocks of other sizes do not pile up beyond a quarter more than was in use.
  @Test func otherSizesDoNotPileUp() throws {
    let pool = MemoryPool()
    let kept = try allocate(1, from: pool)
    deallocate(try allocate(Self.blockCount, from: pool), to: pool)
    let used = (Self.blockCount + 1) * Self.blockSize
    // Of a class of their own each, so that none is of use to the next.
    for shift in 24..<29 {
      let block = try #require(pool.allocate(byteCount: 1 << shift))
      pool.deallocate(block, byteCount: 1 << shift)
    }
    #expect(pool.heldBytes <= used + used / 4)
    deallocate(kept, to: pool)
  }

  /// Nor while a new size is in use, as in bands of rows of which each has another height.
  @Test func waitingBlocksMakeRoomForOtherSizes() throws {
    let pool = MemoryPool()
    let kept = try allocate(1, from: pool)
    deallocate(try allocate(Self.blockCount, from: pool), to: pool)
    let used = (Self.blockCount + 1) * Self.blockSize
    let size = 2 * Self.blockSize
    let blocks = try (0..<Self.blockCount / 2).map { _ in
      try #require(pool.allocate(byteCount: size))
    }
    #expect(pool.heldBytes <= used + used / 4)
    for block in blocks { pool.deallocate(block, byteCount: size) }
    deallocate(kept, to: pool)
  }

  @Test func aThreadGetsItsOwnSmallBlockAgain() throws {
    let pool = MemoryPool()
    let first = try #require(pool.allocate(byteCount: 1000))
    pool.deallocate(first, byteCount: 1000)
    let second = try #require(pool.allocate(byteCount: 1000))
    #expect(second == first)
    pool.deallocate(second, byteCount: 1000)
  }

  /// As where one thread makes what another one uses up.
  @Test func smallBlocksThatWaitElsewhereAreTakenBeforeTheSystemIsAsked() throws {
    let pool = MemoryPool()
    let finished = DispatchSemaphore(value: 0)
    for _ in 0..<100 {
      let blocks = try (0..<50).map { _ in
        UncheckedSendable(try #require(pool.allocate(byteCount: 1000)))
      }
      let thread = Thread {
        for block in blocks { pool.deallocate(block.value, byteCount: 1000) }
        finished.signal()
      }
      thread.start()
      finished.wait()
    }
    #expect(pool.systemAllocations == 50)
  }

  /// Each block is one thread's until that gives it back.
  @Test func threadsShareNoBlock() {
    let pool = MemoryPool()
    let shared = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for round in 0..<20_000 {
        let size = 100 << (round % 4)
        guard let block = pool.allocate(byteCount: size) else { continue }
        block.storeBytes(of: thread, as: Int.self)
        if round % 16 == 0 { sched_yield() }
        if block.load(as: Int.self) != thread { shared.add(1, ordering: .relaxed) }
        pool.deallocate(block, byteCount: size)
      }
    }
    #expect(shared.load(ordering: .relaxed) == 0)
  }

  @Test func fewSmallBlocksWait() throws {
    let pool = MemoryPool()
    let size = MemoryPool.smallLimit
    let blocks = try (0..<1000).map { _ in try #require(pool.allocate(byteCount: size)) }
    #expect(pool.heldBytes == blocks.count * size)
    for block in blocks { pool.deallocate(block, byteCount: size) }
    #expect(pool.heldBytes == MemoryPool.SmallBlocks.limit)
  }

  /// What the system cannot give is refused, and counts neither as held nor as used.
  @Test func impossibleRequests() throws {
    let pool = MemoryPool()
    for byteCount in [1 << 60, Int.max] { #expect(pool.allocate(byteCount: byteCount) == nil) }
    #expect(pool.heldBytes == 0 && pool.systemAllocations == 0)
  }
}
