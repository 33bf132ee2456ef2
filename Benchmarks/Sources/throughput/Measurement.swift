import Dispatch
import Foundation

/// How long a piece of work takes, from several runs after a first one that is not counted.
struct Measurement: Encodable {
  /// The case's name.
  let name: String
  /// The median and the range of the runs, in seconds.
  let seconds: Double, spread: Double
  /// Useful operations a second, in 10⁹, where they are counted.
  let gflops: Double?
  /// Pictures a second, where there are some.
  let imagesPerSecond: Double?

  enum CodingKeys: String, CodingKey {
    case name = "case"
    case seconds, spread, gflops, imagesPerSecond
  }

  /// Runs `work` at least three times and for at least half a second.
  init(_ name: String, flops: Double? = nil, images: Int? = nil, _ work: () throws -> Void) rethrows
  {
    self.name = name
    try work()
    var runs: [Double] = []
    while runs.count < 3 || (runs.reduce(0, +) < 0.5 && runs.count < 100) {
      let start = DispatchTime.now().uptimeNanoseconds
      try work()
      runs.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
    }
    runs.sort()
    seconds = runs[runs.count / 2]
    spread = runs[runs.count - 1] - runs[0]
    gflops = flops.map { [seconds] in $0 / seconds / 1e9 }
    imagesPerSecond = images.map { [seconds] in Double($0) / seconds }
  }

  /// A line for people, or a JSON object.
  func line(json: Bool) throws -> String {
    if json { return String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    let rates = [
      gflops.map { String(format: "%8.1f GF/s", $0) },
      imagesPerSecond.map { String(format: "%8.2f images/s", $0) },
    ]
    let padded = name.padding(toLength: max(48, name.count), withPad: " ", startingAt: 0)
    return String(format: "%@ %10.3f ms ± %.3f", padded, seconds * 1e3, spread * 500)
      + rates.compactMap { $0 }.joined()
  }
}
