import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput operations`: the library's own table of operations.
struct Operations: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Single operations, with all that surrounds them in a model.")

  @OptionGroup var options: Options

  func run() throws { try options.measure(Self.cases(on: options.openDevice())) }

  /// The table: each operation on a tape, forwards, and forwards and backwards.
  static func cases(on device: Device) -> [BenchmarkCase] {
    OperationCase.throughput.flatMap { operation in
      [
        BenchmarkCase("\(operation.name), forward", flops: Double(operation.flops)) {
          let inputs = operation.inputs(on: device)
          return {
            _ = operation.result(of: inputs)
            device.synchronize()
          }
        },
        BenchmarkCase("\(operation.name), forward and backward") {
          let inputs = operation.inputs(on: device)
          return {
            _ = operation.resultAndGradients(of: inputs)
            device.synchronize()
          }
        },
      ]
    }
  }
}
