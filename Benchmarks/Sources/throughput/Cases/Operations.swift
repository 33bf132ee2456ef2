import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput operations`: the library's own table of operations.
struct Operations: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Single operations, with all that surrounds them in a model.")

  @OptionGroup var options: Options

  func run() throws { try options.measure(Self.cases) }

  /// The table: each operation on a tape, forwards, and forwards and backwards.
  static var cases: [BenchmarkCase] {
    OperationCase.throughput.flatMap { operation in
      [
        BenchmarkCase("\(operation.name), forward", flops: Double(operation.flops)) {
          let inputs = operation.inputs(on: .cpu)
          return { _ = operation.result(of: inputs) }
        },
        BenchmarkCase("\(operation.name), forward and backward") {
          let inputs = operation.inputs(on: .cpu)
          return { _ = operation.resultAndGradients(of: inputs) }
        },
      ]
    }
  }
}
