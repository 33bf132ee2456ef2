import Foundation

/// What a backend compiles from each attention plan, kept for as long as the plan is.
package final class PlanCache<Compiled: Sendable>: Sendable {
  private struct Entry {
    weak var plan: AttentionPlan?
    let compiled: Compiled
  }

  // A lock of the system's rather than Synchronization's, which the thread sanitizer does not see.
  private let lock = NSLock()
  /// Only touched by who holds the lock.
  nonisolated(unsafe) private var entries: [ObjectIdentifier: Entry] = [:]

  /// An empty cache.
  package init() {}

  /// The number of plans that something is kept of.
  package var count: Int { lock.withLock { unsafe entries.count } }

  /// What `compile` makes of a plan, or has made of it before.
  package func compiled(
    _ plan: AttentionPlan, _ compile: (AttentionPlan) -> Compiled
  ) -> Compiled {
    let key = ObjectIdentifier(plan)
    // Another plan may have had the same address.
    let known = lock.withLock {
      unsafe entries[key].flatMap { $0.plan === plan ? $0.compiled : nil }
    }
    if let known { return known }
    let compiled = compile(plan)
    lock.withLock {
      unsafe entries = unsafe entries.filter { $0.value.plan != nil }
      unsafe entries[key] = Entry(plan: plan, compiled: compiled)
    }
    return compiled
  }
}
