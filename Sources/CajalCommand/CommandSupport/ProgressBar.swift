import Foundation

/// Formats a run's progress as one line of limited width; the caller handles terminals.
///
/// ```
///   1200/20000 [==>                     ]   6% loss 2.8312  152 images/s  1:02:03 left
/// ```
struct ProgressBar: Sendable, Hashable {
  /// The number of steps of the run.
  var total: Int
  /// The first step of this process, not 0 after a resume.
  var first: Int
  /// The maximum width of a line.
  var width: Int

  /// A bar for steps `first` ..< `total`.
  init(total: Int, first: Int = 0, width: Int = 80) {
    self.total = total
    self.first = first
    self.width = width
  }

  /// The line after `step` updates.
  ///
  /// To fit the width, first the bar is shortened, then measures are dropped, the last one first,
  /// then the rate, then the percentage and the bar, then the time, and finally the line is cut.
  ///
  /// - Parameters:
  ///   - step: The number of updates made.
  ///   - loss: The loss to show.
  ///   - measures: The measures to show beside it, such as `(nats 1.62)`.
  ///   - imagesPerSecond: The rate to show.
  ///   - elapsed: The seconds since step ``first``.
  func line(
    step: Int, loss: Double, measures: [(name: String, value: Double)] = [],
    imagesPerSecond: Double, elapsed: Double
  ) -> String {
    let count =
      String(repeating: " ", count: max(0, "\(total)".count - "\(step)".count))
      + "\(step)/\(total)"
    let fraction = total > 0 ? min(max(Double(step) / Double(total), 0), 1) : 1
    let percent = String(format: "%3d%%", Int(fraction * 100))
    let loss = String(format: "loss %.4f", loss)
    let rate = String(
      format: imagesPerSecond < 10 ? "%.1f images/s" : "%.0f images/s", imagesPerSecond)
    let time = remaining(step: step, elapsed: elapsed)
    for shown in (0...measures.count).reversed() {
      let loss = loss + Self.text(of: measures.prefix(shown))
      // The brackets take two columns more than the spaces that they replace.
      let texts = [count, percent, loss, rate, time]
      let columns = width - texts.joined(separator: "  ").count - 2
      guard columns >= 5 else { continue }
      return "\(count) [\(drawn(fraction, columns: columns))] \(percent)  \(loss)  \(rate)  \(time)"
    }
    let texts = [count, percent, loss, rate, time]
    let attempts = [texts, [count, percent, loss, time], [count, loss, time], [count, loss]]
    let lines = attempts.map { $0.joined(separator: "  ") }
    return lines.first { $0.count <= width } ?? String(lines[lines.count - 1].prefix(max(0, width)))
  }

  /// Measures in parentheses, after a space.
  private static func text(of measures: some Collection<(name: String, value: Double)>) -> String {
    guard !measures.isEmpty else { return "" }
    let texts = measures.map { name, value in
      name.replacing("_", with: " ") + String(format: " %.3g", value)
    }
    return " (\(texts.joined(separator: ", ")))"
  }

  /// The inside of the bar.
  private func drawn(_ fraction: Double, columns: Int) -> String {
    let done = Int(fraction * Double(columns))
    guard done < columns else { return String(repeating: "=", count: columns) }
    return String(repeating: "=", count: done) + ">"
      + String(repeating: " ", count: columns - done - 1)
  }

  /// The time that the remaining steps take at the pace so far.
  func remaining(step: Int, elapsed: Double) -> String {
    guard step > first, elapsed.isFinite, elapsed >= 0 else { return "--:-- left" }
    let seconds = elapsed / Double(step - first) * Double(max(0, total - step))
    return "\(Self.clock(seconds)) left"
  }

  /// Seconds as `m:ss` or `h:mm:ss`, rounded up.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 3.6e9).rounded(.up))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }
}
