import ArgumentParser
import Cajal

/// `throughput data`: training examples made a second.
struct DataReading: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Training examples cut from stored tiles, 8 × 8 to 32 × 32.")

  @OptionGroup var options: Options

  func run() throws { try Self.measure(options) }

  static func measure(_ options: Options) throws {
    let count = 512
    try options.measure([
      BenchmarkCase("examples_8to32", images: count) {
        let data = try SyntheticData()
        return {
          _ = try Threads.concurrentMap(Array(0..<count)) {
            try data.dataset.trainingExample($0, seed: 1)
          }
        }
      }
    ])
  }
}
