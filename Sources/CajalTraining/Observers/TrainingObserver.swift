import CajalSupport

/// Something that watches a training run: a log, a progress line, a chart.
public protocol TrainingObserver: Sendable {
  /// Called with every event of a run, on the thread that trains, in order.
  ///
  /// - Throws: An error ends the run; the checkpoints that were written stay.
  func observe(_ event: TrainingEvent) throws
}
