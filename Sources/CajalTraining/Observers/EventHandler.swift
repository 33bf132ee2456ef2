/// An observer that calls a closure.
///
/// ```swift
/// try trainer.fit(data, steps: 2_000, observers: [EventHandler { event in
///   if let line = event.line(every: 100) { print(line) }
/// }])
/// ```
public struct EventHandler: TrainingObserver {
  private let body: @Sendable (TrainingEvent) throws -> Void

  /// Calls `body` with every event.
  public init(_ body: @escaping @Sendable (TrainingEvent) throws -> Void) { self.body = body }

  /// Calls the closure.
  public func observe(_ event: TrainingEvent) throws { try body(event) }
}
