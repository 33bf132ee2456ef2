import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput attention`: attention alone, forwards, and forwards and backwards.
struct Attention: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Attention of the models' shapes, or sweeps over lengths, widths and patterns.")

  @OptionGroup var options: Options

  @Flag(help: "Measure sweeps over lengths, widths and patterns instead of the models' shapes.")
  var sweep = false

  func run() throws {
    try Self.measure(options, sweep ? AttentionCase.sweeps : AttentionCase.model)
  }

  static func measure(_ options: Options, _ cases: [AttentionCase]) throws {
    let device = try options.openDevice()
    for item in cases
    where options.includes(item.forwardName) || options.includes(item.backwardName) {
      try options.measure(item.benchmarks(on: device))
    }
  }
}

extension AttentionCase {
  /// The two things to time: the forward pass, and the forward and the backward pass together.
  ///
  /// Useful work is 4 operations a visible pair and element of a head's width forwards (two
  /// products), and 10 backwards (five).
  func benchmarks(on device: Device) -> [BenchmarkCase] {
    let plan = makePlan()
    let flops = Double(batch * heads * plan.visiblePairs * width)
    return [
      BenchmarkCase(forwardName, flops: 4 * flops) {
        let attention = TimedAttention(
          plan, batch: batch, heads: heads, width: width, on: device)
        return { attention.forward() }
      },
      BenchmarkCase(backwardName, flops: 14 * flops) {
        let attention = TimedAttention(
          plan, batch: batch, heads: heads, width: width, on: device)
        return {
          attention.forward()
          attention.backward()
        }
      },
    ]
  }
}
