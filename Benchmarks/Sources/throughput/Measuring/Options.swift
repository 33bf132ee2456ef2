import ArgumentParser
import Cajal
import CajalOperationCases
import Foundation

/// The options of every subcommand that measures.
struct Options: ParsableArguments {
  @Flag(help: "Print a JSON object per line.")
  var json = false

  @Option(help: "Threads that work is spread over. (default: one a core)")
  var threads: Int?

  @Option(help: "Where to compute: cpu, cuda, or cuda:1 for the second GPU.")
  var device = DeviceChoice.cpu

  @Option(
    help: "What a GPU computes products in: float32, tf32 or bfloat16.",
    transform: {
      guard let precision = Precision(rawValue: $0) else {
        throw ValidationError("a precision is float32, tf32 or bfloat16, not \($0)")
      }
      return precision
    })
  var precision = Precision.float32

  @Option(
    help: """
      Who computes a GPU's matrix products: library (cuBLASLt where it is installed, but for small ones), always (however \
      small they are) or own (Cajal's kernels).
      """,
    transform: {
      guard let choice = ProductChoice(rawValue: $0) else {
        throw ValidationError("products are library, always or own, not \($0)")
      }
      return choice
    })
  var products = ProductChoice.library

  @Option(help: "Only cases whose name contains this text; repeat it to name several.")
  var filter: [String] = []

  func validate() throws {
    guard threads ?? 1 >= 1 else {
      throw ValidationError("--threads is at least 1, not \(threads ?? 0)")
    }
    guard device != .cpu || precision == .float32 else {
      throw ValidationError(
        "--precision \(precision.rawValue) needs a GPU; the processor computes in float32")
    }
  }

  /// The device that was chosen, computing in the precision and with the products that were.
  ///
  /// - Throws: `CUDAError` where it cannot be used.
  func openDevice() throws -> Device {
    try device.open(precision: precision, products: products)
  }

  /// Throws where a GPU was chosen for what only the processor does.
  func requireProcessor() throws {
    guard device == .cpu else { throw ValidationError("this is measured on the processor alone") }
  }

  /// Whether a case of this name is to be measured.
  func includes(_ name: String) -> Bool {
    filter.isEmpty || filter.contains { name.contains($0) }
  }

  /// Measures those of the cases that are wanted, one after the other, prints each and returns
  /// them.
  @discardableResult
  func measure(_ cases: [BenchmarkCase]) throws -> [Measurement] {
    try cases.filter { includes($0.name) }.map(measure)
  }

  /// Measures a case, whether its name is wanted or not, and prints it.
  func measure(_ item: BenchmarkCase) throws -> Measurement {
    let measurement = try measurement(of: item)
    try report(measurement, text: Self.text(measurement))
    return measurement
  }

  /// Prints a line: a value as JSON if that was asked for, or else the text.
  func report(_ value: some Encodable, text: @autoclosure () -> String) throws {
    let line = json ? try Self.json(value) : text()
    // Flush, so that a reader of a pipe gets each case when it is done.
    try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
  }

  private func measurement(of item: BenchmarkCase) throws -> Measurement {
    let threads = self.threads ?? Threads.count
    // What the processor can do says nothing about a GPU.
    let peak = device == .cpu ? try MachinePeak(threads: threads) : nil
    let runs = try Threads.limited(to: threads, item.prepare)
    let before = peak?.measure() ?? 0
    ResidentMemory.resetPeak()
    let baseline = ResidentMemory.current
    let durations = Durations(try Threads.limited(to: threads, runs))
    let bytes = ResidentMemory.peak
    let rate = item.flops.map { $0 / durations.median }
    return Measurement(
      name: item.name, seconds: durations.median, spread: durations.spread,
      gflops: rate.map { $0 / 1e9 },
      gigabytesPerSecond: item.bytes.map { Double($0) / durations.median / 1e9 },
      peakFraction: peak.flatMap { peak in rate.map { $0 / ((before + peak.measure()) / 2) } },
      imagesPerSecond: item.images.map { Double($0) / durations.median }, peakBytes: bytes,
      baselineBytes: baseline, device: device == .cpu ? nil : try openDevice().name,
      precision: precision == .float32 ? nil : precision.rawValue)
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// A line of a table: name, milliseconds with their spread, rate, fraction of the peak, pictures
  /// a second, memory at most and before.
  private static func text(_ measurement: Measurement) -> String {
    func column(_ format: String, _ value: Double?) -> String {
      let text = value.map { String(format: format, $0) } ?? ""
      return String(repeating: " ", count: max(1, 17 - text.count)) + text
    }
    let name = measurement.name.padding(
      toLength: max(44, measurement.name.count), withPad: " ", startingAt: 0)
    let time = String(
      format: "%10.3f ms ± %.3f", measurement.seconds * 1e3, measurement.spread * 1e3)
    let columns = [
      time.padding(toLength: max(24, time.count), withPad: " ", startingAt: 0),
      measurement.gigabytesPerSecond.map { column("%.1f GB/s", $0) }
        ?? column("%.1f GF/s", measurement.gflops),
      column("%.1f %% of peak", measurement.peakFraction.map { $0 * 100 }),
      column("%.2f images/s", measurement.imagesPerSecond),
      column("%.0f MB", measurement.peakBytes.map { Double($0) / 1e6 }),
      column("(%.0f before)", measurement.baselineBytes.map { Double($0) / 1e6 }),
    ]
    return name + columns.joined()
  }
}
