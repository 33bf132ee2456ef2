/// Exact sums of values and of their squares, for each channel.
struct ChannelStatistics: Sendable {
  private var count = 0
  private var sums: [Int]
  private var squares: [Int]

  init(channels: Int) {
    sums = [Int](repeating: 0, count: channels)
    squares = sums
  }

  /// Adds the values of whole pixels.
  mutating func add(_ pixels: [UInt8]) {
    let channels = sums.count
    pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<channels {
        var sum = 0
        var square = 0
        var index = channel
        while index < pixels.count {
          let value = Int(pixels[index])
          sum += value
          square += value * value
          index += channels
        }
        sums[channel] += sum
        squares[channel] += square
      }
    }
    count += pixels.count / channels
  }

  /// Adds what another has seen.
  mutating func add(_ other: ChannelStatistics) {
    for channel in sums.indices {
      sums[channel] += other.sums[channel]
      squares[channel] += other.squares[channel]
    }
    count += other.count
  }

  /// The mean of each channel.
  var mean: [Double] { sums.map { Double($0) / Double(max(count, 1)) } }

  /// The population standard deviation of each channel.
  var deviation: [Double] {
    zip(mean, squares).map { mean, square in
      max(0, Double(square) / Double(max(count, 1)) - mean * mean).squareRoot()
    }
  }
}
