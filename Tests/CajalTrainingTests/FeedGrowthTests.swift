import Dispatch
import Testing

@testable import CajalTraining

/// A feed adds threads when its user has to wait, up to its limit.
@Suite struct FeedGrowthTests {
  @Test func threadsAreAddedWhileSomethingIsNotReady() throws {
    let gate = DispatchSemaphore(value: 0)
    // The feed's own threads wait at the gate; 10 and above are made by the caller.
    let feed = BatchFeed(0..<100, capacity: 4, maximumThreads: 3) { number in
      if number < 10 { gate.wait() }
      return number
    }
    #expect(feed.threadCount == 1)
    #expect(try feed.element(50) == 50)
    #expect(feed.threadCount == 2)
    #expect(try feed.element(51) == 51)
    #expect(try feed.element(52) == 52)
    #expect(feed.threadCount == 3)
    for _ in 0..<10 { gate.signal() }
    #expect(try feed.element(0) == 0)
  }
}
