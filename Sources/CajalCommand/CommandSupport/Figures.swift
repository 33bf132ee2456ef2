import Foundation

/// Formatting of numbers.
enum Figures {
  /// A number with a given number of decimals, such as `31.25`.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }

  /// A small error, such as `3.1e-07`.
  static func error(_ value: Double) -> String { String(format: "%.1e", value) }

  /// A ratio of signal to noise, such as `31.25 dB`.
  static func decibels(_ value: Double) -> String {
    value.isInfinite ? "exact" : fixed(value, 2) + " dB"
  }
}
