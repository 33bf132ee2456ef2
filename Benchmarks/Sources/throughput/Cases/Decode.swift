import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput decode`: pictures a second.
struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pictures of 32 × 32 made sub-pixel by sub-pixel, each drawn at temperature 1.",
    discussion: """
      decode_tiny_… are pictures of img2img_transformer2d_tiny. With --hparams 16 pictures of other sets are measured \
      instead: greedy for Image Transformers, in one pass and by wavefront for restoration models.
      """)

  @OptionGroup var options: Options

  @Option(help: "A set of hyperparameters; repeat it to name several.")
  var hparams: [String] = []

  func run() throws {
    guard !hparams.isEmpty else { return try Self.measure(options) }
    let device = try options.openDevice()
    try options.measure(hparams.flatMap { try Self.cases(of: $0, on: device) })
  }

  static func measure(_ options: Options) throws {
    let device = try options.openDevice()
    try options.measure([decoding(1, on: device), decoding(16, on: device)])
  }

  private static func decoding(_ batch: Int, on device: Device) -> BenchmarkCase {
    imageTransformer(
      .img2imgTransformer2DTiny, "decode_tiny_b\(batch)", .sample(temperature: 1, seed: 1),
      batch, on: device)
  }

  /// Sixteen pictures of a set's model.
  private static func cases(of set: String, on device: Device) throws -> [BenchmarkCase] {
    guard RestorationHyperparameters.setNames.contains(set) else {
      let hyperparameters = try Img2ImgHyperparameters.named(set)
      return [
        imageTransformer(hyperparameters, "decode_\(set)_greedy_b16", .greedy, 16, on: device)
      ]
    }
    let hyperparameters = try RestorationHyperparameters.named(set)
    return [("one_pass", Decoding.onePass), ("wavefront", .sample(temperature: 1, seed: 1))].map {
      name, decoding in
      restoration(hyperparameters, "decode_\(set)_\(name)_b16", decoding, 16, on: device)
    }
  }

  private static func imageTransformer(
    _ hyperparameters: Img2ImgHyperparameters, _ name: String, _ decoding: Decoding, _ batch: Int,
    on device: Device
  ) -> BenchmarkCase {
    BenchmarkCase(name, images: batch, minimumRuns: 3) {
      let model = try Img2ImgTransformer(
        hyperparameters, inputRows: 8, inputColumns: 8, on: device)
      var random = RandomStream(RandomKey(seed: 1, stream: 99))
      let pixels = (0..<(batch * 192)).map { _ in UInt8(random.nextWord() >> 24) }
      let inputs = Tensor(pixels, shape: [batch, 8, 8, 3])
      return { _ = try model.decode(inputs, decoding: decoding) }
    }
  }

  /// Pictures of a restoration model of 8 × 8 to 32 × 32.
  static func restoration(
    _ hyperparameters: RestorationHyperparameters, _ name: String, _ decoding: Decoding,
    _ batch: Int, on device: Device
  ) -> BenchmarkCase {
    BenchmarkCase(name, images: batch) {
      let model = try RestorationModel(
        RestorationModel.Configuration(hyperparameters: hyperparameters), seed: 1, on: device)
      let inputs = TimedRestoration.pictures(side: 8, count: batch)
      return { _ = try model.predict(inputs, decoding: decoding, progress: nil) }
    }
  }
}
