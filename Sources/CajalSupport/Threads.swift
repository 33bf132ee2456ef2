import Dispatch
import Synchronization

/// How many threads work at once.
///
/// Work is divided at the outermost level that has enough of it: a training runs one replica on
/// each core and a decoder one group of pictures, and what they call stays on their thread; a
/// single picture is divided inside its operations. No result depends on the number of threads.
public enum Threads {
  /// The limit of the calling thread; 0 is one thread for each core.
  @TaskLocal private static var limit = 0

  /// The number of threads that work of the calling thread may be spread over. Without a limit it
  /// is the number of processors that the process may use by its affinity mask and its control
  /// groups.
  public static var count: Int { limit > 0 ? limit : Processors.usable }

  /// Calls `body`, whose work is spread over at most `count` threads.
  public static func limited<Result>(to count: Int, _ body: () throws -> Result) rethrows -> Result
  {
    require(count > 0, "work needs a thread, not \(count)")
    return try $limit.withValue(count, operation: body)
  }

  /// Calls `body` for every index below `count`, on as many threads as there may be; each call has
  /// an equal share of the others for itself.
  ///
  /// The order is undefined, and `body` must write to places of its index alone.
  public static func concurrentPerform(_ count: Int, _ body: (_ index: Int) -> Void) {
    let available = count > 1 ? Self.count : 1
    guard available > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let workers = min(available, count)
    let next = Atomic(0)
    withoutActuallyEscaping(body) { body in
      let shared = UncheckedSendable(body)
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        limited(to: available / workers) {
          while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            shared.value(index)
          }
        }
      }
    }
  }

  /// What `body` makes of each element, in their order, on as many threads as there may be.
  ///
  /// - Throws: the first error in the order of the elements.
  public static func concurrentMap<Element: Sendable, Value: Sendable, Failure: Error>(
    _ elements: [Element], _ body: @Sendable (Element) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    let results = UnsafeMutableBufferPointer<Result<Value, Failure>?>.allocate(
      capacity: elements.count)
    unsafe results.initialize(repeating: nil)
    defer {
      unsafe results.deinitialize()
      unsafe results.deallocate()
    }
    // Every call has a place of its own.
    concurrentPerform(elements.count) { index in
      unsafe results[index] = Result { () throws(Failure) in try body(elements[index]) }
    }
    var values: [Value] = []
    for index in elements.indices {
      if let result = unsafe results[index] { values.append(try result.get()) }
    }
    return values
  }
}
