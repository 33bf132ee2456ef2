import CajalSupport
import CajalTensor
import Testing

/// What convolutions promise beyond agreeing with the reference within the rounding of a sum, which
/// the table of operations checks.
@Suite struct CPUConvolutionTests {
  /// Channels below and above those from which Winograd's filtering is used.
  static let channels = [8, 16, 48]

  private static func geometry(
    images: Int, rows: Int, columns: Int, channels: Int, before: Int = 1, after: Int = 1
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      images: images,
      rows: ConvolutionGeometry.Axis(
        extent: rows, kernel: 3, stride: 1, before: before, after: after),
      columns: ConvolutionGeometry.Axis(
        extent: columns, kernel: 3, stride: 1, before: 1, after: 1),
      channels: channels, resultChannels: channels)
  }

  private static func convolution(
    _ x: UnsafePointer<Float>, _ kernel: Floats, _ geometry: ConvolutionGeometry,
    by backend: any HostBackend
  ) -> Floats {
    let result = Floats(geometry.resultShape.count)
    backend.convolution(x, kernel: kernel.start, bias: nil, result.start, geometry)
    return result
  }

  /// The largest error, of sums of 864 products, is below 2⁻¹⁸ of the largest result.
  @Test(arguments: cpuBackends.indices)
  func winogradIsAccurate(_ index: Int) {
    let geometry = Self.geometry(images: 2, rows: 16, columns: 16, channels: 96)
    let x = Floats(2 * 16 * 16 * 96, seed: 1, from: -1, to: 1)
    let kernel = Floats(geometry.kernelShape.count, seed: 2, from: -1, to: 1)
    let actual = Self.convolution(x.start, kernel, geometry, by: cpuBackends[index])
    let expected = Self.convolution(x.start, kernel, geometry, by: oracle)
    let error = zip(actual.elements, expected.elements).map { abs($0 - $1) }.max() ?? .infinity
    #expect(error < 0x1p-18 * expected.magnitude, "\(cpuBackends[index].name)")
  }

  /// A picture has the same bits alone, in a batch, and on any number of threads.
  @Test(arguments: cpuBackends.indices, channels)
  func aBatchChangesNothing(_ index: Int, _ channels: Int) {
    let (images, side) = (7, 9)
    let size = side * side * channels
    let x = Floats(images * size, seed: 3)
    let kernel = Floats(9 * channels * channels, seed: 4)
    let batch = Self.geometry(images: images, rows: side, columns: side, channels: channels)
    let one = Self.geometry(images: 1, rows: side, columns: side, channels: channels)
    let together = Self.convolution(x.start, kernel, batch, by: cpuBackends[index])
    let limited = Threads.limited(to: 3) {
      Self.convolution(x.start, kernel, batch, by: cpuBackends[index])
    }
    #expect(together.bits == limited.bits)
    let alone = (0..<images).flatMap { image in
      Self.convolution(x.start + image * size, kernel, one, by: cpuBackends[index]).bits
    }
    #expect(together.bits == alone)
  }

  /// The gradient of the kernel is summed in an order that does not depend on the threads.
  @Test(arguments: cpuBackends.indices, channels)
  func gradientsDoNotDependOnThreads(_ index: Int, _ channels: Int) {
    let geometry = Self.geometry(images: 40, rows: 12, columns: 20, channels: channels)
    let x = Floats(geometry.resultShape.count, seed: 5)
    let gradient = Floats(geometry.resultShape.count, seed: 6)
    let bits = [1, 2, 5].map { threads in
      Threads.limited(to: threads) {
        let kernelGradient = Floats(geometry.kernelShape.count, seed: 7)
        cpuBackends[index].convolutionKernelGradient(
          x.start, resultGradient: gradient.start, kernelGradient.start, geometry)
        let xGradient = Floats(x.count)
        cpuBackends[index].convolutionInputGradient(
          resultGradient: gradient.start, kernel: kernelGradient.start, xGradient.start, geometry)
        return kernelGradient.bits + xGradient.bits
      }
    }
    #expect(bits[0] == bits[1] && bits[0] == bits[2])
  }

  /// Bands of rows that begin at multiples of four, given the row above and the one below, have the
  /// bits of the whole picture.
  @Test(arguments: cpuBackends.indices, channels)
  func bandsHaveTheBitsOfTheWhole(_ index: Int, _ channels: Int) {
    let (rows, columns) = (22, 13)
    let row = columns * channels
    let x = Floats(rows * row, seed: 8)
    let kernel = Floats(9 * channels * channels, seed: 9)
    let whole = Self.convolution(
      x.start, kernel, Self.geometry(images: 1, rows: rows, columns: columns, channels: channels),
      by: cpuBackends[index])
    var bands: [UInt32] = []
    for start in stride(from: 0, to: rows, by: 8) {
      let end = min(start + 8, rows)
      let (above, below) = (start > 0 ? 1 : 0, end < rows ? 1 : 0)
      let band = Self.geometry(
        images: 1, rows: end - start + above + below, columns: columns, channels: channels,
        before: 1 - above, after: 1 - below)
      bands +=
        Self.convolution(
          x.start + (start - above) * row, kernel, band, by: cpuBackends[index]
        ).bits
    }
    #expect(whole.bits == bands)
  }
}
