import CajalSupport
import CajalTensor
import Foundation

/// Prefetches the elements of a numbered sequence on background threads, so that a trainer finds
/// its batches ready.
///
/// It starts with one thread and adds one whenever an element is requested before it is ready, up
/// to one per processor. An element is a function of its number alone, and one that no thread has
/// started yet is made by the caller. So results do not depend on threads, and a feed can start at
/// any number.
public final class BatchFeed<Element: Sendable>: Sendable {
  private let state: FeedState<Element>
  private let make: @Sendable (Int) throws -> Element

  /// Starts making elements `numbers`.
  ///
  /// - Parameters:
  ///   - numbers: The elements to prefetch; others can be requested too.
  ///   - capacity: The maximum number of finished elements to keep.
  ///   - maximumThreads: The maximum number of background threads; by default one per processor.
  ///   - make: Makes an element from its number alone. Called from any thread.
  public init(
    _ numbers: Range<Int>, capacity: Int, maximumThreads: Int? = nil,
    make: @escaping @Sendable (Int) throws -> Element
  ) {
    require(capacity > 0, "a feed keeps at least one element ready, not \(capacity)")
    self.make = make
    state = FeedState(
      numbers, capacity: capacity, maximumThreads: maximumThreads ?? Threads.count)
    state.startThread(make)
  }

  deinit { state.stop() }

  /// Returns an element that has not been requested before. Callable from any thread, in any
  /// order.
  ///
  /// - Throws: The error of making it.
  public func element(_ number: Int) throws -> Element {
    let (made, wasReady) = state.take(number)
    if !wasReady { state.startThread(make) }
    return try made?.get() ?? make(number)
  }

  /// The number of threads that make elements, for tests.
  var threadCount: Int { state.threadCount }
}

/// The state shared by producers and consumers. `@unchecked Sendable`: everything that changes is
/// guarded by `condition`.
private final class FeedState<Element: Sendable>: @unchecked Sendable {
  private enum Slot {
    case beingMade
    case ready(Result<Element, any Error>)
    /// Claimed by a consumer; producers skip it.
    case leftToUser
  }

  private let condition = NSCondition()
  private let end: Int
  private let capacity: Int
  private let maximumThreads: Int
  /// The next number for a producer.
  private var next: Int
  private var slots: [Int: Slot] = [:]
  private var waiting = 0
  private var threads = 0
  private var isStopped = false

  init(_ numbers: Range<Int>, capacity: Int, maximumThreads: Int) {
    next = numbers.lowerBound
    end = numbers.upperBound
    self.capacity = capacity
    self.maximumThreads = maximumThreads
  }

  var threadCount: Int { condition.withLock { threads } }

  /// Adds a producer thread, unless the limit is reached or nothing is left to make.
  func startThread(_ make: @escaping @Sendable (Int) throws -> Element) {
    let isWanted = condition.withLock {
      guard threads < maximumThreads, !isStopped, next < end else { return false }
      threads += 1
      return true
    }
    guard isWanted else { return }
    let thread = Thread { [self] in
      while let number = begin() {
        finish(number, Result { try make(number) })
      }
    }
    thread.name = "cajal-feed"
    thread.start()
  }

  /// The number of the next element to make. Waits for room; `nil` when all are done.
  private func begin() -> Int? {
    condition.withLock {
      while !isStopped && next < end {
        if case .leftToUser = slots[next] {
          slots[next] = nil
          next += 1
        } else if waiting < capacity {
          slots[next] = .beingMade
          waiting += 1
          next += 1
          return next - 1
        } else {
          condition.wait()
        }
      }
      return nil
    }
  }

  private func finish(_ number: Int, _ element: Result<Element, any Error>) {
    condition.withLock {
      slots[number] = .ready(element)
      condition.broadcast()
    }
  }

  /// The element, or `nil` when the caller has to make it, and whether it was ready without
  /// waiting.
  func take(_ number: Int) -> (made: Result<Element, any Error>?, wasReady: Bool) {
    condition.withLock {
      var wasReady = true
      while true {
        switch slots[number] {
        case .ready(let element):
          slots[number] = nil
          waiting -= 1
          condition.broadcast()
          return (element, wasReady)
        case .beingMade:
          wasReady = false
          condition.wait()
        case .leftToUser: return (nil, false)
        case nil:
          if number >= next { slots[number] = .leftToUser }
          return (nil, false)
        }
      }
    }
  }

  func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
    }
  }
}
