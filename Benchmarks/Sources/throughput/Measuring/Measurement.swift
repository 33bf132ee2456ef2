/// What was measured of a case: one line of `--json`, whether ours or a peer's.
struct Measurement: Codable, Sendable {
  /// The case's name.
  var name: String
  /// The median time of a run.
  var seconds: Double
  /// Half the interquartile range of the times, in seconds.
  var spread: Double
  /// Useful operations a second, in 10⁹, where they are counted.
  var gflops: Double?
  /// The bytes that have to be read and written, a second, in 10⁹, where they are counted.
  var gigabytesPerSecond: Double?
  /// ``gflops`` as a fraction of what the same number of threads could do at the time.
  var peakFraction: Double?
  /// Pictures a second, where there are some.
  var imagesPerSecond: Double?
  /// The most memory that the process had resident during the runs, and what it had just before
  /// them.
  var peakBytes: Int?, baselineBytes: Int?
  /// The device that did the work, where it was not the processor.
  var device: String?
  /// What products were computed in, where that was not float32.
  var precision: String?
  /// The library that did the work; `nil` for Cajal.
  var peer: String?
  /// The version of PyTorch, from a peer.
  var torch: String?
  /// The reason why a peer could not do the work.
  var error: String?

  enum CodingKeys: String, CodingKey {
    case name = "case"
    case seconds, spread, gflops, gigabytesPerSecond, peakFraction, imagesPerSecond
    case peakBytes, baselineBytes
    case device, precision, peer, torch, error
  }
}

/// The times of several runs, in seconds.
struct Durations {
  private let sorted: [Double]

  /// At least one time, in any order.
  init(_ seconds: [Double]) {
    precondition(!seconds.isEmpty, "a case runs at least once")
    sorted = seconds.sorted()
  }

  /// The middle one.
  var median: Double { quantile(0.5) }

  /// Half the interquartile range: half of the runs are about this close to the median.
  var spread: Double { (quantile(0.75) - quantile(0.25)) / 2 }

  /// The value below which a share of the times lies, interpolated between neighbors.
  private func quantile(_ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
  }
}
