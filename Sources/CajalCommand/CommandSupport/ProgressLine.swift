import CajalSupport
import Foundation
import Synchronization

/// A progress line on standard error, rewritten in place on a terminal; elsewhere, lines are
/// written occasionally.
final class ProgressLine: Sendable {
  private static let clearLine = "\r\u{1B}[K"

  /// Whether the standard error is a terminal.
  let isTerminal = isatty(STDERR_FILENO) == 1
  /// When the next line is due.
  private let nextTime: Mutex<Date>

  /// A line that appears at once on a terminal and elsewhere after two seconds.
  init() {
    nextTime = Mutex(isTerminal ? .distantPast : Date(timeIntervalSinceNow: 2))
  }

  /// Columns of the terminal.
  var width: Int {
    var size = winsize()
    guard isTerminal, ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 100
    }
    return Int(size.ws_col) - 1
  }

  /// Shows `text`, cut to the terminal's width, unless something was shown a moment ago.
  func show(_ text: @autoclosure () -> String) {
    nextTime.withLock { time in
      guard Date() >= time else { return }
      time = Date(timeIntervalSinceNow: isTerminal ? 0.1 : 10)
      write(isTerminal ? Self.clearLine + text().prefix(width) : text() + "\n")
    }
  }

  /// Shows the progress of `what`, `share` from 0 to 1.
  func show(_ what: String, share: Double) {
    show("\(what): \(Int(min(max(share, 0), 1) * 100)) %")
  }

  /// Shows a line that stays.
  func say(_ text: String) {
    nextTime.withLock { _ in write((isTerminal ? Self.clearLine : "") + text + "\n") }
  }

  /// Removes what is shown.
  func finish() {
    nextTime.withLock { _ in if isTerminal { write(Self.clearLine) } }
  }

  private func write(_ text: String) { StandardError.write(text) }
}
