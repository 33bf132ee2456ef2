import ArgumentParser
import Cajal

/// `throughput card`: the device's name, or what is missing.
struct Card: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a device's name, once it has been opened and its kernels compiled.",
    discussion: "Fails with one line where it cannot be used, which says what is missing.")

  @OptionGroup var options: Options

  func run() throws {
    let start = BenchmarkCase.now
    let device = try options.openDevice()
    let record = Record(device: device.name, seconds: BenchmarkCase.now - start)
    try options.report(record, text: "\(record.device), opened in \(record.seconds) s")
  }

  /// What is printed.
  private struct Record: Encodable {
    let device: String
    let seconds: Double
  }
}
