import CajalSupport

/// Normalizes brightness and contrast of pictures, invertibly: each channel's mean maps to 128 and
/// three standard deviations to either end of 0...255, as far as that is lossless.
///
/// Both directions are tables of 256 values per channel. With a ``range`` of occurring values, the
/// mapping is injective on it, and ``restored(_:)`` exactly inverts ``normalized(_:)``. If the
/// range exceeds three standard deviations, the contrast is stretched less, and not at all if
/// values span all of 0...255; the mean is then as close to 128 as the range allows. Values outside
/// the range are clipped at the ends of the table.
///
/// Without a range, as recorded by earlier versions, values further than three standard deviations
/// from the mean are clipped, and neighboring values are merged if the standard deviation is over
/// 42.5.
public struct PixelNormalization: Sendable, Hashable, Codable {
  /// The mean and the standard deviation of each channel, on the scale of 0 to 255.
  public let mean: [Double], standardDeviation: [Double]
  /// The range of values of each channel that is lossless; `nil` clips at three standard
  /// deviations.
  public let range: [ClosedRange<UInt8>]?

  /// Output values per standard deviation.
  private static let scale = 255.0 / 6

  private enum CodingKeys: String, CodingKey {
    case mean
    case standardDeviation = "deviation"
    case range
  }

  /// A normalization for pictures of `mean.count` channels.
  ///
  /// - Parameters:
  ///   - mean: The mean of each channel.
  ///   - standardDeviation: The standard deviation of each channel.
  ///   - range: The lowest and the highest value of each channel, or `nil` to clip at three
  ///     standard deviations.
  /// - Precondition: as many means as standard deviations (and ranges, if given), 1 or 3; all
  ///   finite, standard deviations not negative.
  public init(mean: [Double], standardDeviation: [Double], range: [ClosedRange<UInt8>]? = nil) {
    require(
      Self.isUsable(mean: mean, standardDeviation: standardDeviation, range: range),
      "a normalization has a finite mean and standard deviation for each of 1 or 3 channels")
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.range = range
  }

  /// Whether these numbers make a valid normalization.
  public static func isUsable(
    mean: [Double], standardDeviation: [Double], range: [ClosedRange<UInt8>]? = nil
  ) -> Bool {
    mean.count == standardDeviation.count && [1, 3].contains(mean.count)
      && (mean + standardDeviation).allSatisfy(\.isFinite)
      && standardDeviation.allSatisfy { $0 >= 0 }
      && range.map { $0.count == mean.count } ?? true
  }

  /// Decodes a normalization.
  ///
  /// - Throws: `DecodingError`, also for numbers that ``isUsable(mean:standardDeviation:range:)``
  ///   refuses.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let mean = try container.decode([Double].self, forKey: .mean)
    let standardDeviation = try container.decode([Double].self, forKey: .standardDeviation)
    let range = try container.decodeIfPresent([ClosedRange<UInt8>].self, forKey: .range)
    guard Self.isUsable(mean: mean, standardDeviation: standardDeviation, range: range) else {
      throw DecodingError.dataCorruptedError(
        forKey: .mean, in: container,
        debugDescription: "these are not means and standard deviations of 1 or 3 channels")
    }
    self.init(mean: mean, standardDeviation: standardDeviation, range: range)
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

  /// The inverse of ``normalized(_:)``; `values` are those of whole pixels.
  public func restored(_ values: [UInt8]) -> [UInt8] {
    looked(up: values) { line, value in
      line.origin + (value - line.middle) * line.run / line.rise
    }
  }

  /// The values of each channel that are not clipped.
  public var keptRange: [ClosedRange<UInt8>] {
    let lowest = restored([UInt8](repeating: 0, count: channels))
    let highest = restored([UInt8](repeating: 255, count: channels))
    return zip(lowest, highest).map { $0...$1 }
  }

  /// The fraction of values that are clipped, from 0 to 1; `values` are those of whole pixels.
  public func clippedShare(of values: [UInt8]) -> Double {
    guard !values.isEmpty else { return 0 }
    let kept = keptRange
    let clipped = values.indices.count { !kept[$0 % channels].contains(values[$0]) }
    return Double(clipped) / Double(values.count)
  }

  /// A channel's table before values are rounded: `origin` maps to `middle`, and a step of `run` to
  /// one of `rise`.
  private struct Line {
    var rise: Double
    var run: Double
    var origin: Double
    var middle: Double
  }

  private func line(_ channel: Int) -> Line {
    let unit = max(standardDeviation[channel], 1)
    guard let range = range?[channel] else {
      return Line(rise: Self.scale, run: unit, origin: mean[channel], middle: 128)
    }
    let (lowest, highest) = (Double(range.lowerBound), Double(range.upperBound))
    // A slope of at least 1 never merges two values. A slope of at most 255 over the range makes
    // all of it fit, and that is at least 1 for 8-bit values.
    let exact = max(1, min(Self.scale / unit, 255 / max(highest - lowest, 1)))
    // Integers avoid rounding of halves when the slope is 1.
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
