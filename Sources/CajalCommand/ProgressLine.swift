import Foundation
import Synchronization

/// One line on the standard error that is written over and over while something takes its time. Where that is
/// no terminal, a line is written now and then instead.
final class ProgressLine: Sendable {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let lastShown = Mutex(Date.distantPast)

  /// Columns of the terminal.
  var width: Int {
    var size = winsize()
    guard isTerminal, ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 100
    }
    return Int(size.ws_col) - 1
  }

  /// Shows `text` unless something was shown a moment ago.
  func show(_ text: @autoclosure () -> String) {
    let interval = isTerminal ? 0.1 : 10
    let isDue = lastShown.withLock { last in
      guard Date().timeIntervalSince(last) >= interval else { return false }
      last = Date()
      return true
    }
    guard isDue else { return }
    write(isTerminal ? "\r\u{1B}[K" + text() : text() + "\n")
  }

  /// Shows a line that stays.
  func say(_ text: String) { write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }

  /// Removes what is shown.
  func finish() {
    if isTerminal { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
