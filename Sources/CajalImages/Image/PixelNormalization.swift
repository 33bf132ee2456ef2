import CajalFiles

/// Brings pictures to a common brightness and contrast, and back: each channel's mean goes to 128 and three standard
/// deviations to either end of 0...255, as far as that loses nothing.
///
/// Both ways are tables of 256 values for each channel. With a ``range``, the values that occur,
/// each of them has a value of its own: ``restored(_:)`` gives back exactly what ``normalized(_:)``
/// was given. Where three standard deviations do not hold the range, the contrast is stretched
/// less, and not at all where values take up all of 0...255; the mean is then as near to 128 as the
/// range allows. Values outside of the range are cut off where the table ends.
///
/// Without a range, as earlier versions recorded it, what is further than three standard deviations
/// from the mean is cut off, and neighboring values are merged where the standard deviation is over
/// 42.5.
public struct PixelNormalization: Sendable, Hashable, Codable {
  /// The mean and the standard deviation of each channel, on the scale of 0 to 255.
  public let mean: [Double], deviation: [Double]
  /// The values of each channel that are given back exactly; `nil` cuts off at three standard
  /// deviations.
  public let range: [ClosedRange<UInt8>]?

  /// Values for each standard deviation.
  private static let scale = 255.0 / 6

  /// A normalization for pictures of `mean.count` channels.
  ///
  /// - Parameter range: The lowest and the highest value of each channel, or `nil` to cut off at
  ///   three standard deviations.
  /// - Precondition: as many means as deviations (and ranges, if there are any), 1 or 3; all
  ///   finite, deviations not negative.
  public init(mean: [Double], deviation: [Double], range: [ClosedRange<UInt8>]? = nil) {
    require(
      Self.isUsable(mean: mean, deviation: deviation, range: range),
      "a normalization has a finite mean and deviation for each of 1 or 3 channels")
    self.mean = mean
    self.deviation = deviation
    self.range = range
  }

  /// Whether a normalization can be made of these numbers.
  public static func isUsable(
    mean: [Double], deviation: [Double], range: [ClosedRange<UInt8>]? = nil
  ) -> Bool {
    mean.count == deviation.count && [1, 3].contains(mean.count)
      && (mean + deviation).allSatisfy(\.isFinite) && deviation.allSatisfy { $0 >= 0 }
      && range.map { $0.count == mean.count } ?? true
  }

  /// Decodes a normalization.
  ///
  /// - Throws: `DecodingError`, also for numbers that ``isUsable(mean:deviation:range:)`` refuses.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let mean = try container.decode([Double].self, forKey: .mean)
    let deviation = try container.decode([Double].self, forKey: .deviation)
    let range = try container.decodeIfPresent([ClosedRange<UInt8>].self, forKey: .range)
    guard Self.isUsable(mean: mean, deviation: deviation, range: range) else {
      throw DecodingError.dataCorruptedError(
        forKey: .mean, in: container,
        debugDescription: "these are no means and deviations of 1 or 3 channels")
    }
    self.init(mean: mean, deviation: deviation, range: range)
  }

  /// The number of channels.
  public var channels: Int { mean.count }
}

extension PixelNormalization {
  /// The normalized values; `values` are those of whole pixels.
  public func normalized(_ values: [UInt8]) -> [UInt8] {
    looked(up: values) { line, value in
      line.middle + line.rise * (value - line.origin) / line.run
    }
  }

  /// The values before they were normalized; `values` are those of whole pixels.
  public func restored(_ values: [UInt8]) -> [UInt8] {
    looked(up: values) { line, value in
      line.origin + (value - line.middle) * line.run / line.rise
    }
  }

  /// The values of each channel that are not cut off.
  public var keptRange: [ClosedRange<UInt8>] {
    let lowest = restored([UInt8](repeating: 0, count: channels))
    let highest = restored([UInt8](repeating: 255, count: channels))
    return zip(lowest, highest).map { $0...$1 }
  }

  /// The share of values that are cut off, from 0 to 1; `values` are those of whole pixels.
  public func clippedShare(of values: [UInt8]) -> Double {
    guard !values.isEmpty else { return 0 }
    let kept = keptRange
    let clipped = values.indices.count { !kept[$0 % channels].contains(values[$0]) }
    return Double(clipped) / Double(values.count)
  }

  /// A channel's table before values are rounded: `origin` goes to `middle`, and a step of `run` is
  /// one of `rise`.
  private struct Line {
    var rise: Double
    var run: Double
    var origin: Double
    var middle: Double
  }

  private func line(_ channel: Int) -> Line {
    let unit = max(deviation[channel], 1)
    guard let range = range?[channel] else {
      return Line(rise: Self.scale, run: unit, origin: mean[channel], middle: 128)
    }
    let (lowest, highest) = (Double(range.lowerBound), Double(range.upperBound))
    // From 1 up two values never become one. Down to 255 over the range all of it fits, and
    // that is at least 1 for values of 8 bits.
    let exact = max(1, min(Self.scale / unit, 255 / max(highest - lowest, 1)))
    // Whole numbers leave no halves to round where the slope is 1.
    let middle = (128 - exact * mean[channel]).rounded()
    let least = (-exact * lowest - 0.5).rounded(.up)
    let most = (255.5 - exact * highest).rounded(.down)
    return Line(rise: exact, run: 1, origin: 0, middle: max(least, min(middle, most)))
  }

  private func looked(up values: [UInt8], _ map: (Line, Double) -> Double) -> [UInt8] {
    require(
      values.count % channels == 0, "\(values.count) values are no pixels of \(channels) channels")
    let tables = (0..<channels).map { channel in
      let line = line(channel)
      return (0...255).map { UInt8(min(max(map(line, Double($0)).rounded(), 0), 255)) }
    }
    var result = values
    for channel in 0..<channels {
      for index in stride(from: channel, to: values.count, by: channels) {
        result[index] = tables[channel][Int(values[index])]
      }
    }
    return result
  }
}
