/// Brings pictures to a common brightness and contrast, and back: each channel's mean goes to 128 and three standard
/// deviations to either end of 0...255.
///
/// Both ways are tables of 256 values a channel. What is further than three deviations from the mean is cut off, and
/// where the deviation is over 42.5 neighbouring values fall together; else ``restored(_:)`` gives back each value
/// exactly.
public struct PixelNormalization: Sendable, Hashable, Codable {
  /// The mean and the standard deviation of each channel, on the scale of 0 to 255.
  public let mean: [Double], deviation: [Double]

  /// Values a standard deviation.
  private static let scale = 255.0 / 6

  /// A normalization for pictures of `mean.count` channels.
  ///
  /// - Precondition: as many means as deviations, 1 or 3; all finite, deviations not negative.
  public init(mean: [Double], deviation: [Double]) {
    precondition(
      Self.isUsable(mean: mean, deviation: deviation),
      "a normalization has a finite mean and deviation for each of 1 or 3 channels")
    self.mean = mean
    self.deviation = deviation
  }

  /// Whether a normalization can be made of these numbers.
  public static func isUsable(mean: [Double], deviation: [Double]) -> Bool {
    mean.count == deviation.count && [1, 3].contains(mean.count)
      && (mean + deviation).allSatisfy(\.isFinite) && deviation.allSatisfy { $0 >= 0 }
  }

  /// Decodes a normalization.
  ///
  /// - Throws: `DecodingError`, also for numbers that ``isUsable(mean:deviation:)`` refuses.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let mean = try container.decode([Double].self, forKey: .mean)
    let deviation = try container.decode([Double].self, forKey: .deviation)
    guard Self.isUsable(mean: mean, deviation: deviation) else {
      throw DecodingError.dataCorruptedError(
        forKey: .mean, in: container,
        debugDescription: "these are no means and deviations of 1 or 3 channels")
    }
    self.init(mean: mean, deviation: deviation)
  }

  /// The number of channels.
  public var channels: Int { mean.count }

  /// The normalized values; `values` are those of whole pixels.
  public func normalized(_ values: [UInt8]) -> [UInt8] {
    looked(up: values) { channel, value in
      128 + Self.scale * (Double(value) - mean[channel]) / max(deviation[channel], 1)
    }
  }

  /// The values before they were normalized; `values` are those of whole pixels.
  public func restored(_ values: [UInt8]) -> [UInt8] {
    looked(up: values) { channel, value in
      mean[channel] + (Double(value) - 128) * max(deviation[channel], 1) / Self.scale
    }
  }

  private func looked(up values: [UInt8], _ map: (Int, UInt8) -> Double) -> [UInt8] {
    precondition(
      values.count % channels == 0, "\(values.count) values are no pixels of \(channels) channels")
    let tables = (0..<channels).map { channel in
      (0...255).map { UInt8(min(max(map(channel, $0).rounded(), 0), 255)) }
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
