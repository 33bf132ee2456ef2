import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput gemm`: the matrix products of dense layers.
struct Gemm: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Matrix products of the models' dense layers and of their gradients.",
    discussion: """
      A case is named rows × inputs × outputs of the layer: forward is relu(x · W + b), the input's \
      gradient y · Wᵀ, the weights' gradient xᵀ · y.
      """)

  @OptionGroup var options: Options

  func run() throws { try Self.measure(options) }

  static func measure(_ options: Options) throws {
    let device = try options.openDevice()
    let shapes = DenseShape.model + (device == .cpu ? [] : DenseShape.large)
    try options.measure(shapes.flatMap { $0.benchmarks(on: device) })
  }
}

/// The extents of a dense layer.
struct DenseShape {
  let rows: Int, inputs: Int, outputs: Int

  /// Those of the tiny and the base model.
  static let model = [
    DenseShape(rows: 12288, inputs: 128, outputs: 128),
    DenseShape(rows: 3072, inputs: 128, outputs: 128),
    DenseShape(rows: 192, inputs: 128, outputs: 128),
    DenseShape(rows: 3072, inputs: 128, outputs: 256),
    DenseShape(rows: 3072, inputs: 512, outputs: 512),
    DenseShape(rows: 3072, inputs: 512, outputs: 2048),
    DenseShape(rows: 3072, inputs: 2048, outputs: 512),
  ]

  /// Those of the base model with eight pictures, which fill a GPU.
  static let large = [
    DenseShape(rows: 24576, inputs: 512, outputs: 512),
    DenseShape(rows: 24576, inputs: 512, outputs: 2048),
    DenseShape(rows: 24576, inputs: 2048, outputs: 512),
  ]

  /// The three products of the layer.
  func benchmarks(on device: Device) -> [BenchmarkCase] {
    let (rows, inputs, outputs) = (rows, inputs, outputs)
    return [
      benchmark("forward") {
        TimedProduct(
          rows: rows, inner: inputs, columns: outputs, isDenseLayer: true, on: device)
      },
      benchmark("input_gradient") {
        TimedProduct(
          rows: rows, inner: outputs, columns: inputs, transposesRight: true, on: device)
      },
      benchmark("weight_gradient") {
        TimedProduct(
          rows: inputs, inner: rows, columns: outputs, transposesLeft: true, on: device)
      },
    ]
  }

  private func benchmark(
    _ label: String, _ product: @escaping () -> TimedProduct
  ) -> BenchmarkCase {
    BenchmarkCase(
      "gemm_\(rows)x\(inputs)x\(outputs)_\(label)", flops: 2 * Double(rows * inputs * outputs)
    ) {
      let product = product()
      return { product.run() }
    }
  }
}
