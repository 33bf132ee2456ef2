import Foundation

/// Formatting of numbers.
enum Figures {
  /// A number with a given number of decimals, such as `31.25`.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }

  /// A number with its sign, such as `+1.95` or `-0.67`.
  static func signed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%+.\(decimals)f", value)
  }

  /// A share as a percentage, such as `92 %`.
  static func percent(_ share: Double, _ decimals: Int = 0) -> String {
    fixed(100 * share, decimals) + " %"
  }

  /// A small error, such as `3.1e-07`.
  static func error(_ value: Double) -> String { String(format: "%.1e", value) }

  /// A ratio of signal to noise, such as `31.25 dB`.
  static func decibels(_ value: Double) -> String {
    value.isInfinite ? "exact" : fixed(value, 2) + " dB"
  }
}
