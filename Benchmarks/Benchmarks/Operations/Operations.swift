import Benchmark
import Cajal
import CajalOperationCases

/// Each operation of the library's table, forwards and backwards, for thresholds and comparisons of
/// versions.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .peakMemoryResident], maxDuration: .seconds(1),
    maxIterations: 200)
  for operation in OperationCase.throughput {
    let inputs = operation.inputs(on: .cpu)
    Benchmark("\(operation.name), forward") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(operation.result(of: inputs)) }
    }
    Benchmark("\(operation.name), forward and backward") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(operation.resultAndGradients(of: inputs)) }
    }
  }
}
