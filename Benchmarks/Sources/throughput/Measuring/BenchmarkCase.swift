import Dispatch

/// A piece of work that has a name and is timed.
struct BenchmarkCase {
  /// The name, the same as that of a peer's case that does the same work.
  let name: String
  /// The useful operations of a run, where they are counted, and the pictures that it makes or takes.
  let flops: Double?, images: Int?
  /// Prepares the work, does it several times and says how many seconds each run took. What the first
  /// runs warm up is not counted.
  let durations: () throws -> [Double]

  /// Work that times its own runs.
  init(
    _ name: String, flops: Double? = nil, images: Int? = nil,
    durations: @escaping () throws -> [Double]
  ) {
    self.name = name
    self.flops = flops
    self.images = images
    self.durations = durations
  }

  /// Work that is the same each time, repeated at least `minimumRuns` times and for half a second.
  init(
    _ name: String, flops: Double? = nil, images: Int? = nil, minimumRuns: Int = 5,
    prepare: @escaping () throws -> () throws -> Void
  ) {
    self.init(name, flops: flops, images: images) {
      let work = try prepare()
      try work()
      var runs: [Double] = []
      while runs.count < minimumRuns || (runs.reduce(0, +) < 0.5 && runs.count < 1000) {
        let start = Self.now
        try work()
        runs.append(Self.now - start)
      }
      return runs
    }
  }

  /// Seconds on a clock that only goes forward.
  static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}
