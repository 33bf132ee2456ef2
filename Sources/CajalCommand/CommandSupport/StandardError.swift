import CajalFiles
import Foundation

/// The standard error, where losses do not matter: `FileHandle` ends the process when a terminal or
/// a pipe is gone.
enum StandardError {
  /// Writes as much of the text as can be written, names that are not UTF-8 in a form that is.
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
