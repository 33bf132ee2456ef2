import ArgumentParser
import Cajal

/// `throughput decode`: pictures a second.
struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pictures of 32 × 32 made sub-pixel by sub-pixel, each drawn at temperature 1.")

  @OptionGroup var options: Options

  func run() throws { try Self.measure(options) }

  static func measure(_ options: Options) throws {
    let device = try options.openDevice()
    try options.measure([decoding(1, on: device), decoding(16, on: device)])
  }

  private static func decoding(_ batch: Int, on device: Device) -> BenchmarkCase {
    BenchmarkCase("decode_tiny_b\(batch)", images: batch, minimumRuns: 3) {
      let model = try Img2ImgTransformer(
        .img2imgTransformer2DTiny, inputRows: 8, inputColumns: 8, on: device)
      var random = RandomStream(RandomKey(seed: 1, stream: 99))
      let pixels = (0..<(batch * 192)).map { _ in UInt8(random.nextWord() >> 24) }
      let inputs = Tensor(pixels, shape: [batch, 8, 8, 3])
      return { _ = try model.decode(inputs, decoding: .sample(temperature: 1, seed: 1)) }
    }
  }
}
