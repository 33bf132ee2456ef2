import ArgumentParser
import Cajal

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
    try options.measure(ConvolutionShape.trunk.flatMap(\.benchmarks))
  }
}

/// The extents of a convolution that keeps the number of channels.
struct ConvolutionShape {
  let images: Int, side: Int, channels: Int

  /// Pictures of 8 to 32 positions a side, about as many positions in each batch.
  static let trunk = [(16, 8), (8, 16), (4, 32)].flatMap { images, side in
    [48, 64, 96].map { ConvolutionShape(images: images, side: side, channels: $0) }
  }

  private var geometry: ConvolutionGeometry {
    let axis = ConvolutionGeometry.Axis(extent: side, kernel: 3, stride: 1, before: 1, after: 1)
    return ConvolutionGeometry(
      images: images, rows: axis, columns: axis, channels: channels, resultChannels: channels)
  }

  /// The forward pass, both gradients, and all three.
  var benchmarks: [BenchmarkCase] {
    [
      benchmark("forward", passes: 1) { $0.forward() },
      benchmark("input_gradient", passes: 1) { $0.inputGradient() },
      benchmark("kernel_gradient", passes: 1) { $0.addKernelGradient() },
      benchmark("backward", passes: 3) {
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
    _ label: String, passes: Int, _ work: @escaping (ConvolutionBuffers) -> Void
  ) -> BenchmarkCase {
    let geometry = geometry
    return BenchmarkCase(
      name(label),
      flops: Double(2 * passes * geometry.multiplications)
    ) {
      let buffers = ConvolutionBuffers(geometry)
      return { work(buffers) }
    }
  }
}

/// The operands of a convolution and of its gradients.
private struct ConvolutionBuffers {
  let geometry: ConvolutionGeometry
  let pictures, kernel, bias, result, pictureGradient, kernelGradient: FloatBuffer

  init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
    pictures = FloatBuffer(geometry.pictureCount, seed: 1)
    kernel = FloatBuffer(geometry.kernelShape.count, seed: 2)
    bias = FloatBuffer(geometry.resultChannels, seed: 3)
    result = FloatBuffer(geometry.resultShape.count, seed: 4)
    pictureGradient = FloatBuffer(geometry.pictureCount, seed: 5)
    kernelGradient = FloatBuffer(geometry.kernelShape.count, seed: 6)
  }

  func forward() {
    FloatBuffer.backend.convolution(
      pictures.start, kernel: kernel.start, bias: bias.start, result.start, geometry)
  }

  func inputGradient() {
    FloatBuffer.backend.convolutionInputGradient(
      resultGradient: result.start, kernel: kernel.start, pictureGradient.start, geometry)
  }

  func addKernelGradient() {
    FloatBuffer.backend.convolutionKernelGradient(
      pictures.start, resultGradient: result.start, kernelGradient.start, geometry)
  }
}

extension ConvolutionGeometry {
  /// Elements of all pictures.
  fileprivate var pictureCount: Int { images * rows.extent * columns.extent * channels }
}
