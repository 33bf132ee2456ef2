import Foundation
import Synchronization

/// Turns Ctrl-C (SIGINT) and SIGTERM into a request that a training can look at between two steps.
///
/// The first signal only raises ``isRequested``; a second one, of either kind, ends the process at once.
/// What signals do belongs to the whole process: programs opt in by making one of these (one at a
/// time), a library does not.
public final class StopSignal: Sendable {
  private let requested = Atomic(false)
  private let signals: [Int32]

  /// Begins to listen to SIGINT and SIGTERM.
  public convenience init() { self.init([SIGINT, SIGTERM]) }

  /// Begins to listen.
  ///
  /// - Parameter signals: Which signals to listen to; none at all for a request that only
  ///   ``request()`` makes.
  public init(_ signals: [Int32]) {
    self.signals = signals
    guard !signals.isEmpty else { return }
    hasArrived.store(false, ordering: .releasing)
    for number in signals { signal(number, noteArrival) }
    // Whoever started the process may have blocked them: children inherit that.
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  deinit {
    for number in signals { signal(number, SIG_DFL) }
  }

  /// Whether a signal has arrived or ``request()`` was called.
  public var isRequested: Bool {
    requested.load(ordering: .acquiring)
      || (!signals.isEmpty && hasArrived.load(ordering: .acquiring))
  }

  /// Asks for a stop, as a signal does.
  public func request() { requested.store(true, ordering: .releasing) }
}

/// Whether one of the signals has arrived. A signal handler is a C function without a context, so that
/// what it leaves behind can be nowhere else; a dispatch source would lose signals that arrive before
/// its own thread has set it up.
private let hasArrived = Atomic(false)

/// Runs in whatever the signal interrupts, so it only does what is safe there.
private func noteArrival(_ number: Int32) {
  signal(number, SIG_DFL)
  if hasArrived.exchange(true, ordering: .acquiringAndReleasing) { raise(number) }
}
