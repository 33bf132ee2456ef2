import Foundation

/// Work that is done in order on its own thread, when it is awaited or the queue is long.
///
/// `@unchecked Sendable`: all properties are guarded by the lock.
final class WorkQueue: @unchecked Sendable {
  /// How much gathers.
  private static let limit = 256

  private let condition = NSCondition()
  private var pending: [@Sendable () -> Void] = []
  private var addedCount = 0, wantedCount = 0, doneCount = 0
  private var isClosed = false

  init() {
    let thread = Thread { self.run() }
    thread.name = "late work"
    thread.start()
  }

  func add(_ work: @escaping @Sendable () -> Void) {
    condition.withLock {
      pending.append(work)
      addedCount += 1
      if pending.count == Self.limit { condition.broadcast() }
    }
  }

  /// Returns when all that has been added is done.
  func wait() {
    condition.withLock {
      let count = addedCount
      wantedCount = max(wantedCount, count)
      condition.broadcast()
      while doneCount < count { condition.wait() }
    }
  }

  /// Ends the thread when all that has been added is done.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  private func run() {
    while true {
      var batch = condition.withLock {
        while pending.count < Self.limit, doneCount >= wantedCount, !isClosed { condition.wait() }
        defer { pending = [] }
        return pending
      }
      if batch.isEmpty { return }
      let count = batch.count
      for work in batch { work() }
      // The work's references are released before it is reported as done.
      batch = []
      condition.withLock {
        doneCount += count
        condition.broadcast()
      }
    }
  }
}
