import Synchronization
import Testing

@testable import CajalSupport

@Suite struct ThreadsTests {
  private struct Refusal: Error, Equatable { let element: Int }

  @Test(arguments: [1, 2, 3, 8]) func everyIndexOnce(limit: Int) {
    for count in [0, 1, 2, 7, 100] {
      let calls = Mutex([Int](repeating: 0, count: count))
      Threads.limited(to: limit) {
        Threads.concurrentPerform(count) { index in calls.withLock { $0[index] += 1 } }
      }
      #expect(calls.withLock { $0 } == [Int](repeating: 1, count: count))
    }
  }

  /// Never more at once than the limit says, and nested work shares what there is.
  @Test(arguments: [1, 2, 3, 8]) func limitsNest(limit: Int) {
    let shares = Mutex<[Int]>([])
    let running = Atomic(0)
    let most = Mutex(0)
    Threads.limited(to: limit) {
      #expect(Threads.count == limit)
      Threads.concurrentPerform(2) { _ in
        shares.withLock { $0.append(Threads.count) }
        Threads.concurrentPerform(20) { _ in
          let now = running.add(1, ordering: .relaxed).newValue
          most.withLock { $0 = max($0, now) }
          running.subtract(1, ordering: .relaxed)
        }
      }
    }
    #expect(shares.withLock { $0 } == [max(limit / 2, 1), max(limit / 2, 1)])
    #expect(most.withLock { $0 } <= limit)
  }

  @Test func mapKeepsOrderAndThrowsTheFirstError() throws {
    let numbers = Array(0..<50)
    let tripled = Threads.concurrentMap(numbers) { $0 * 3 }
    #expect(tripled == numbers.map { $0 * 3 })
    #expect(throws: Refusal(element: 7)) {
      try Threads.concurrentMap(numbers) { number in
        guard number % 10 != 7 else { throw Refusal(element: number) }
      }
    }
  }
}
