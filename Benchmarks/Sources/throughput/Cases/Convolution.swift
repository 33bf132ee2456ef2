import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput convolution`: 3 × 3 convolutions of a restoration model's trunk.
struct Convolution: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convolutions of 3 × 3 and their gradients.",
    discussion: """
      A case is named by the number, the side and the channels of the pictures. The operations counted are those of the \
      plain sum, so that a share of the peak above 100 % is a method that does less.
      """)

  @OptionGroup var options: Options

  func run() throws { try Self.measure(options) }

  static func measure(_ options: Options) throws {
    let device = try options.openDevice()
    try options.measure(ConvolutionShape.trunk.flatMap { $0.benchmarks(on: device) })
  }
}

/// The extents of a convolution that keeps the number of channels.
struct ConvolutionShape {
  let images: Int, side: Int, channels: Int

  /// Pictures of 8 to 32 positions a side, about as many positions in each batch.
  static let trunk = [(16, 8), (8, 16), (4, 32)].flatMap { images, side in
    [48, 64, 96].map { ConvolutionShape(images: images, side: side, channels: $0) }
  }

  /// The multiply-adds of one pass.
  private var multiplications: Int { images * side * side * 9 * channels * channels }

  /// The forward pass, both gradients, and all three.
  func benchmarks(on device: Device) -> [BenchmarkCase] {
    [
      benchmark("forward", passes: 1, on: device) { $0.forward() },
      benchmark("input_gradient", passes: 1, on: device) { $0.inputGradient() },
      benchmark("kernel_gradient", passes: 1, on: device) { $0.addKernelGradient() },
      benchmark("backward", passes: 3, on: device) {
        $0.forward()
        $0.inputGradient()
        $0.addKernelGradient()
      },
    ]
  }

  /// The name of a case.
  func name(_ label: String) -> String {
    "convolution_b\(images)_\(side)x\(side)x\(channels)_\(label)"
  }

  private func benchmark(
    _ label: String, passes: Int, on device: Device,
    _ work: @escaping (TimedConvolution) -> Void
  ) -> BenchmarkCase {
    BenchmarkCase(name(label), flops: Double(2 * passes * multiplications)) {
      let convolution = TimedConvolution(
        images: images, side: side, channels: channels, on: device)
      return { work(convolution) }
    }
  }
}
