import Foundation
import Synchronization

/// Turns Ctrl-C (SIGINT), SIGTERM and SIGHUP into a stop request that a run checks between steps.
///
/// The first signal only raises ``isRequested``; a second SIGINT or SIGTERM, of either kind, ends
/// the process at once. SIGHUP never does: a closed terminal may send it twice, and a shutdown
/// sends it along with SIGTERM. Signal handlers are process-wide, so a program opts in by creating
/// one of these (one at a time); the library never does.
public final class StopSignal: Sendable {
  private typealias Action = @convention(c) (Int32) -> Void

  private let requested = Atomic(false)
  private let previous: [(number: Int32, action: Action?)]

  /// Installs handlers for SIGINT, SIGTERM and SIGHUP. A SIGHUP that is ignored already stays
  /// ignored, which is what `nohup` asks for.
  public convenience init() { self.init([SIGINT, SIGTERM, SIGHUP], unlessIgnored: [SIGHUP]) }

  /// Installs the handlers.
  ///
  /// - Parameters:
  ///   - signals: The signals to handle; empty if only ``request()`` should stop the run.
  ///   - unlessIgnored: Signals that stay ignored if they already are.
  public init(_ signals: [Int32], unlessIgnored: [Int32] = []) {
    guard !signals.isEmpty else {
      previous = []
      return
    }
    firstArrival.store(0, ordering: .releasing)
    nextOneEnds.store(false, ordering: .releasing)
    var previous: [(number: Int32, action: Action?)] = []
    // A parent process may have blocked them; children inherit the mask.
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals {
      let action = signal(number, noteArrival)
      if unlessIgnored.contains(number), Self.isIgnoring(action) {
        signal(number, SIG_IGN)
        continue
      }
      previous.append((number, action))
      sigaddset(&set, number)
    }
    self.previous = previous
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// Functions cannot be compared, but these are small numbers.
  private static func isIgnoring(_ action: Action?) -> Bool {
    let ignore: Action? = SIG_IGN
    return unsafeBitCast(action, to: Int.self) == unsafeBitCast(ignore, to: Int.self)
  }

  deinit {
    for (number, action) in previous { signal(number, action) }
  }

  /// Whether a signal has arrived or ``request()`` was called.
  public var isRequested: Bool {
    requested.load(ordering: .acquiring) || receivedSignal != nil
  }

  /// The number of the first signal that has arrived, such as `SIGTERM`; `nil` when none has.
  public var receivedSignal: Int32? {
    let number = previous.isEmpty ? 0 : firstArrival.load(ordering: .acquiring)
    return number == 0 ? nil : number
  }

  /// Asks for a stop, as a signal does.
  public func request() { requested.store(true, ordering: .releasing) }
}

/// The first of the signals that has arrived, or 0. Global because a signal handler is a C function
/// without context. A dispatch source would lose signals that arrive before its thread has set it
/// up.
private let firstArrival = Atomic<Int32>(0)

/// Whether another SIGINT or SIGTERM ends the process.
private let nextOneEnds = Atomic(false)

/// The signal handler; async-signal-safe operations only.
private func noteArrival(_ number: Int32) {
  _ = firstArrival.compareExchange(
    expected: 0, desired: number, ordering: .acquiringAndReleasing)
  guard number == SIGINT || number == SIGTERM else { return }
  signal(number, SIG_DFL)
  if nextOneEnds.exchange(true, ordering: .acquiringAndReleasing) { raise(number) }
}
