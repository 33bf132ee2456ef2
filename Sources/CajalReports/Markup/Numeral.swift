import CajalSupport
import Foundation

/// Numbers as a report prints them.
enum Numeral {
  /// At most four significant digits, such as `1.453`, `0.0002`, `3.2e-10` or `30000`.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    if value == value.rounded(), abs(value) < 1e7 { return whole(Int(value)) }
    return String(format: "%.4g", value)
  }

  /// A whole number with its thousands apart from 10,000 on, such as `30,000`.
  static func whole(_ value: Int) -> String {
    let digits = String(value.magnitude)
    guard digits.count > 4 else { return String(value) }
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += "," }
      grouped.append(digit)
    }
    return (value < 0 ? "-" : "") + grouped
  }

  /// A fraction as a percentage with two decimals, for places in a drawing: `12.34%`.
  static func percentage(_ fraction: Double) -> String {
    let hundredths = Int((min(max(fraction, -10), 10) * 10_000).rounded())
    let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    return rest == 0 ? "\(sign)\(whole)%" : "\(sign)\(whole).\(rest.zeroPadded(to: 2))%"
  }

  /// A time in words, such as `12.5 s`, `31.4 min` or `5.2 h`.
  static func time(_ seconds: Double) -> String {
    let (unit, name) = TimeUnit.suited(to: seconds)
    return "\(short((seconds / unit * 10).rounded() / 10)) \(name)"
  }
}

/// The unit of a time axis.
enum TimeUnit {
  /// The unit in seconds and its name, for times up to `seconds`.
  static func suited(to seconds: Double) -> (seconds: Double, name: String) {
    switch seconds {
    case ..<120: (1, "s")
    case ..<7200: (60, "min")
    default: (3600, "h")
    }
  }
}
