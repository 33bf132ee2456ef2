import Dispatch

/// A piece of work that has a name and is timed.
struct BenchmarkCase {
  /// Does the work several times and says how many seconds each run took. What the first runs warm
  /// up is not counted.
  typealias Runs = () throws -> [Double]

  /// The name, the same as that of a peer's case that does the same work.
  let name: String
  /// The useful operations of a run, where they are counted, and the pictures that it makes or
  /// takes.
  let flops: Double?, images: Int?
  /// The bytes of a run's operands and results, where they are counted.
  let bytes: Int?
  /// Prepares the work. What is prepared is kept for as long as the runs are.
  let prepare: () throws -> Runs

  /// Work that times its own runs, and whose preparation counts as a part of it where memory is
  /// concerned.
  init(
    _ name: String, flops: Double? = nil, images: Int? = nil, durations: @escaping Runs
  ) {
    self.name = name
    self.flops = flops
    self.images = images
    bytes = nil
    prepare = { durations }
  }

  /// Work that is the same each time, repeated at least `minimumRuns` times and for half a second,
  /// after `warmUpRuns` that are not counted.
  init(
    _ name: String, flops: Double? = nil, images: Int? = nil, bytes: Int? = nil,
    minimumRuns: Int = 5, warmUpRuns: Int = 1, prepare: @escaping () throws -> () throws -> Void
  ) {
    self.name = name
    self.flops = flops
    self.images = images
    self.bytes = bytes
    self.prepare = {
      let work = try prepare()
      return {
        for _ in 0..<warmUpRuns { try work() }
        var runs: [Double] = []
        while runs.count < minimumRuns || (runs.reduce(0, +) < 0.5 && runs.count < 1000) {
          let start = Self.now
          try work()
          runs.append(Self.now - start)
        }
        return runs
      }
    }
  }

  /// Seconds on a clock that only goes forward.
  static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}
