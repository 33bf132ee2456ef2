import Foundation

/// Makes training examples ahead of their use, on a thread of its own, so that a trainer finds them ready.
///
/// Which example a number stands for does not depend on the feed: one that is asked for before it was made is made
/// by the caller. So no result depends on threads, and a feed can begin at any number.
public final class ExampleFeed: Sendable {
  private let state: State
  private let data: Dataset
  private let seed: UInt64
  private let batchSize: Int

  /// Begins to make examples `numbers` of the sequence that `seed` names; see
  /// ``Dataset/trainingExample(_:seed:step:)``.
  ///
  /// - Parameters:
  ///   - batchSize: examples a step, for problems that change with the step.
  ///   - capacity: how many examples may wait to be used; twice the batch by default.
  public init(
    _ data: Dataset, seed: UInt64, numbers: Range<Int>, batchSize: Int, capacity: Int? = nil
  ) {
    precondition(batchSize > 0 && capacity ?? 1 > 0, "a feed makes one example at least")
    precondition(!data.trainingTiles.isEmpty, "a data set has training tiles")
    let state = State(numbers, capacity: capacity ?? 2 * batchSize)
    self.state = state
    self.data = data
    self.seed = seed
    self.batchSize = batchSize
    let thread = Thread {
      while let number = state.begin() {
        state.finish(
          number,
          Result { try data.trainingExample(number, seed: seed, step: number / batchSize) })
      }
    }
    thread.name = "cajal-examples"
    thread.start()
  }

  deinit { state.stop() }

  /// The example with a number that has not been asked for before; from any thread, in any order.
  ///
  /// - Throws: what ``Dataset/trainingExample(_:seed:step:)`` throws.
  public func example(_ number: Int) throws -> Example {
    if let made = state.take(number) { return try made.get() }
    return try data.trainingExample(number, seed: seed, step: number / batchSize)
  }
}

/// What the maker and the users of examples share. `@unchecked Sendable`: everything that changes is guarded by
/// `condition`.
private final class State: @unchecked Sendable {
  private enum Slot {
    case beingMade
    case ready(Result<Example, any Error>)
    /// A user makes it; the maker leaves it out.
    case leftToUser
  }

  private let condition = NSCondition()
  private let end: Int
  private let capacity: Int
  /// The number that the maker comes to next.
  private var next: Int
  private var slots: [Int: Slot] = [:]
  private var waiting = 0
  private var isStopped = false

  init(_ numbers: Range<Int>, capacity: Int) {
    next = numbers.lowerBound
    end = numbers.upperBound
    self.capacity = capacity
  }

  /// The number of the next example to make, as soon as there is room for it; `nil` when there is no more to do.
  func begin() -> Int? {
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

  func finish(_ number: Int, _ example: Result<Example, any Error>) {
    condition.withLock {
      slots[number] = .ready(example)
      condition.broadcast()
    }
  }

  /// The example, or `nil` when the caller is to make it.
  func take(_ number: Int) -> Result<Example, any Error>? {
    condition.withLock {
      while true {
        switch slots[number] {
        case .ready(let example):
          slots[number] = nil
          waiting -= 1
          condition.broadcast()
          return example
        case .beingMade: condition.wait()
        case .leftToUser: return nil
        case nil:
          if number >= next { slots[number] = .leftToUser }
          return nil
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
