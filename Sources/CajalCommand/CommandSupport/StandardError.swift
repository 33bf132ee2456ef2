import CajalSupport
import Foundation

/// Standard error, ignoring failed writes: `FileHandle` would crash the process when a terminal or
/// a pipe is gone.
enum StandardError {
  /// Writes the text, ignoring errors, with file names in printable form.
  static func write(_ text: String) {
    var rest = Array(RawName.shown(text).utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
