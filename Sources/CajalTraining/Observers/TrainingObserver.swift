import CajalFiles

/// Something that watches a training run: a log, a progress line, a chart.
public protocol TrainingObserver: Sendable {
  /// Called with every event of a run, on the thread that trains, in order.
  ///
  /// - Throws: An error ends the run; the checkpoints that were written stay.
  func observe(_ event: TrainingEvent) throws
}

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

/// An observer that passes on the lines of a run: the last loss every so many steps, evaluations
/// and checkpoints.
///
/// ```swift
/// try trainer.fit(data, steps: 2_000, observers: [ProgressLines(every: 100) { print($0) }])
/// ```
public struct ProgressLines: TrainingObserver {
  private let interval: Int
  private let show: @Sendable (String) -> Void

  /// Calls `show` with a line per event; of steps only with every `interval`-th.
  public init(every interval: Int = 1, _ show: @escaping @Sendable (String) -> Void) {
    require(interval >= 1, "lines are at least one step apart, not \(interval)")
    self.interval = interval
    self.show = show
  }

  /// Passes on the line of an event that has one.
  public func observe(_ event: TrainingEvent) {
    if let line = event.line(every: interval) { show(line) }
  }
}
