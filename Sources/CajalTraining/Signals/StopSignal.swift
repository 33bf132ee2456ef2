import Foundation
import Synchronization

/// Turns Ctrl-C (SIGINT), SIGTERM and SIGHUP into a request that a run looks at between two steps.
///
/// The first signal only raises ``isRequested``; a second SIGINT or SIGTERM, of either kind, ends
/// the process at once. Others never do: a closed terminal may send SIGHUP twice, and a shutdown
/// sends it beside SIGTERM. What signals do belongs to the whole process: programs opt in by making
/// one of these (one at a time), a library does not.
public final class StopSignal: Sendable {
  private typealias Action = @convention(c) (Int32) -> Void

  private let requested = Atomic(false)
  private let previous: [(number: Int32, action: Action?)]

  /// Begins to listen to SIGINT, SIGTERM and SIGHUP. A SIGHUP that is ignored already stays
  /// ignored, which is what `nohup` asks for.
  public convenience init() { self.init([SIGINT, SIGTERM, SIGHUP], unlessIgnored: [SIGHUP]) }

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - signals: Which signals to listen to; none at all for a request that only ``request()``
  ///     makes.
  ///   - unlessIgnored: Those of them that stay ignored if they are.
  public init(_ signals: [Int32], unlessIgnored: [Int32] = []) {
    guard !signals.isEmpty else {
      previous = []
      return
    }
    firstArrival.store(0, ordering: .releasing)
    nextOneEnds.store(false, ordering: .releasing)
    var previous: [(number: Int32, action: Action?)] = []
    // Whoever started the process may have blocked them: children inherit that.
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

/// The first of the signals that has arrived, or 0. A signal handler is a C function without a
/// context, so that what it leaves behind can be nowhere else; a dispatch source would lose signals
/// that arrive before its own thread has set it up.
private let firstArrival = Atomic<Int32>(0)

/// Whether another SIGINT or SIGTERM ends the process.
private let nextOneEnds = Atomic(false)

/// Runs in whatever the signal interrupts, so it only does what is safe there.
private func noteArrival(_ number: Int32) {
  _ = firstArrival.compareExchange(
    expected: 0, desired: number, ordering: .acquiringAndReleasing)
  guard number == SIGINT || number == SIGTERM else { return }
  signal(number, SIG_DFL)
  if nextOneEnds.exchange(true, ordering: .acquiringAndReleasing) { raise(number) }
}
