import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C (SIGINT) and SIGTERM into a request that a training can look at between two steps.
///
/// The first signal only raises ``isRequested``; from then on the signals have their usual effect again,
/// so that a second Ctrl-C ends the process at once. What signals do belongs to the whole process:
/// programs opt in by making one of these, a library does not.
public final class StopSignal: Sendable {
  private let requested = Atomic(false)
  private let sources = Mutex<[any DispatchSourceSignal]>([])
  private let signals: [Int32]

  /// Begins to listen to SIGINT and SIGTERM.
  public convenience init() { self.init([SIGINT, SIGTERM]) }

  /// Begins to listen.
  ///
  /// - Parameter signals: Which signals to listen to; none at all for a request that only
  ///   ``request()`` makes.
  public init(_ signals: [Int32]) {
    self.signals = signals
    let queue = DispatchQueue(label: "cajal.stop-signal", qos: .userInteractive)
    sources.withLock { sources in
      sources = signals.map { number in
        // The source sees the signal although the process ignores it.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { [weak self] in self?.request() }
        source.activate()
        return source
      }
    }
  }

  deinit {
    restore()
    sources.withLock { $0.forEach { $0.cancel() } }
  }

  /// Whether somebody wants the work to stop.
  public var isRequested: Bool { requested.load(ordering: .acquiring) }

  /// Asks for a stop, as a signal does.
  public func request() {
    requested.store(true, ordering: .releasing)
    restore()
  }

  /// Gives the signals their usual effect.
  private func restore() {
    for number in signals { signal(number, SIG_DFL) }
  }
}
