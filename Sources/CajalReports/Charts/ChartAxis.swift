import CajalSupport
import CajalPlatform

/// The range and the ticks of a chart axis.
struct ChartAxis {
  struct Tick {
    var value: Double
    var label: String
  }

  private(set) var lower: Double
  private(set) var upper: Double
  private(set) var ticks: [Tick] = []

  /// An axis over the given values, or over a given range.
  ///
  /// - Parameters:
  ///   - values: finite numbers of at most 1e100.
  ///   - roundsOutwards: whether the range grows to the next ticks.
  ///   - tickCount: the approximate number of ticks.
  init(values: [Double], range: ClosedRange<Double>?, roundsOutwards: Bool, tickCount: Int) {
    lower = range?.lowerBound ?? values.min() ?? 0
    upper = range?.upperBound ?? values.max() ?? 1
    let magnitude = max(abs(lower), abs(upper))
    if upper - lower < max(magnitude * 1e-9, 1e-100) {
      // A single value gets a range around it.
      let reach = magnitude < 1e-99 ? 1 : magnitude / 2
      (lower, upper) = (lower - reach, upper + reach)
    }
    let step = Self.roundStep(atLeast: (upper - lower) / Double(tickCount))
    var (first, last) = ((lower / step).rounded(.up), (upper / step).rounded(.down))
    if roundsOutwards, range == nil {
      (first, last) = ((lower / step).rounded(.down), (upper / step).rounded(.up))
      (lower, upper) = (first * step, last * step)
    }
    let largest = max(abs(lower), abs(upper))
    ticks = stride(from: first, through: last, by: 1).map {
      Tick(value: $0 * step, label: Self.label($0 * step, step: step, largest: largest))
    }
  }

  /// The relative position of a value: 0 at the lower end of the axis and 1 at the upper.
  func fraction(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  /// The smallest of 1, 2 and 5 times a power of ten that is at least as large.
  private static func roundStep(atLeast raw: Double) -> Double {
    let power = pow(10, log10(raw).rounded(.down))
    let factor = [1.0, 2, 5, 10].first { $0 * power >= raw * (1 - 1e-9) } ?? 10
    return factor * power
  }

  /// The value with enough decimals to distinguish ticks, in thousands, millions and so on for
  /// large numbers, and with a power of ten for tiny or huge ones.
  private static func label(_ value: Double, step: Double, largest: Double) -> String {
    let units: [(size: Double, suffix: String)] = [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")]
    let exponent = Int(log10(largest).rounded(.down))
    let power = (size: pow(10, Double(exponent)), suffix: "e\(exponent)")
    let isPlain = step >= 1e-4 && largest < 1e13
    let unit = isPlain ? units.first { largest >= 10 * $0.size || $0.size == 1 } ?? power : power
    let scaled = value / unit.size
    let decimals = max(0, Int(-log10(step / unit.size * (1 + 1e-9)).rounded(.down)))
    let digits = decimal(scaled, decimals: min(decimals, 6))
    return scaled == 0 ? "0" : digits + unit.suffix
  }

  private static func decimal(_ value: Double, decimals: Int) -> String {
    let power = Int(pow(10, Double(decimals)))
    let (whole, fraction) = Int((abs(value) * Double(power)).rounded())
      .quotientAndRemainder(dividingBy: power)
    let sign = value < 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole).\(fraction.zeroPadded(to: decimals))"
  }
}
