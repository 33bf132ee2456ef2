/// Exact sums of values and of their squares, and the values' range, for each channel.
struct ChannelStatistics: Sendable {
  private var count = 0
  private var sums: [Int]
  private var squares: [Int]
  /// The lowest and the highest value; empty if the lowest is above the highest.
  private var lowest: [UInt8], highest: [UInt8]

  init(channels: Int) {
    sums = [Int](repeating: 0, count: channels)
    squares = sums
    lowest = [UInt8](repeating: 255, count: channels)
    highest = [UInt8](repeating: 0, count: channels)
  }

  /// Adds the values of whole pixels.
  mutating func add(_ pixels: [UInt8]) {
    let channels = sums.count
    pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<channels {
        var sum = 0
        var square = 0
        var (low, high) = (lowest[channel], highest[channel])
        var index = channel
        while index < pixels.count {
          let value = Int(pixels[index])
          sum += value
          square += value * value
          low = min(low, pixels[index])
          high = max(high, pixels[index])
          index += channels
        }
        sums[channel] += sum
        squares[channel] += square
        (lowest[channel], highest[channel]) = (low, high)
      }
    }
    count += pixels.count / channels
  }

  /// Merges other statistics.
  mutating func add(_ other: ChannelStatistics) {
    for channel in sums.indices {
      sums[channel] += other.sums[channel]
      squares[channel] += other.squares[channel]
    }
    count += other.count
    widenRange(by: other)
  }

  /// Merges the range of other statistics.
  mutating func widenRange(by other: ChannelStatistics) {
    for channel in lowest.indices {
      lowest[channel] = min(lowest[channel], other.lowest[channel])
      highest[channel] = max(highest[channel], other.highest[channel])
    }
  }

  /// The lowest and the highest value of each channel, or `nil` if empty.
  var range: [ClosedRange<UInt8>]? {
    guard zip(lowest, highest).allSatisfy({ $0 <= $1 }) else { return nil }
    return zip(lowest, highest).map { $0...$1 }
  }

  /// The mean of each channel.
  var mean: [Double] { sums.map { Double($0) / Double(max(count, 1)) } }

  /// The population standard deviation of each channel.
  var standardDeviation: [Double] {
    zip(mean, squares).map { mean, square in
      max(0, Double(square) / Double(max(count, 1)) - mean * mean).squareRoot()
    }
  }
}
