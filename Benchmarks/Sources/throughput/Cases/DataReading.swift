import ArgumentParser
import Cajal

/// `throughput data`: training examples made a second, tiles cut and checked a second.
struct DataReading: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Tiles cut from sections, data sets opened, and examples made of stored tiles.",
    discussion: """
      examples_… are training examples, 8 × 8 to 32 × 32, from PNG or JPEG tiles of 64 × 64 on all threads. \
      batches_…_feed are such examples as cajal2d_tiny reads them, enlarged and mapped to rows of its tables, from a \
      feed of as many threads as its one user needs; …_feed1 from one thread. open_dataset reads and checks 5120 tiles. cut_… are \
      tiles cut from the file of a section and stored with the options of datagen, those that turn out to be \
      background included. data_to_training is the rate of the feed over that of training the tiny model with \
      four pictures a step.
      """)

  @OptionGroup var options: Options

  @Flag(help: "Also cut a section of 20,000 × 20,000 pixels, which takes minutes.")
  var large = false

  func run() throws {
    try options.requireProcessor()
    try Self.measure(options, large: large)
  }

  static func measure(_ options: Options, large: Bool = false) throws {
    var cases = [
      examples("examples_8to32", tileFormat: .png), feed,
      batches("batches_8to32_feed1", threads: 1),
      examples("examples_8to32_jpeg", tileFormat: .jpeg(quality: 90)), opening,
      CutCase(width: 11_200, height: 6_850, format: "jpeg").benchmark,
      CutCase(width: 11_200, height: 6_850, format: "png").benchmark,
      CutCase(width: 5_600, height: 3_425, format: "jpeg", sections: 4).benchmark,
    ]
    if large { cases.append(CutCase(width: 20_000, height: 20_000, format: "jpeg").benchmark) }
    let measured = try options.measure(cases)
    guard options.includes(DataToTraining.name) else { return }
    let made = try measured.first { $0.name == feed.name } ?? options.measure(feed)
    try DataToTraining(data: made, training: options.measure(TrainStep.tiny)).report(options)
  }

  private static let exampleCount = 512

  private static func examples(_ name: String, tileFormat: TileFormat) -> BenchmarkCase {
    BenchmarkCase(name, images: exampleCount) {
      let data = try SyntheticData(tileFormat: tileFormat)
      return {
        _ = try Threads.concurrentMap(Array(0..<exampleCount)) {
          try data.dataset.trainingExample($0, seed: 1)
        }
      }
    }
  }

  /// Batches as a trainer gets them.
  private static var feed: BenchmarkCase { batches("batches_8to32_feed", threads: nil) }

  /// Batches of one example from a feed of at most `threads` threads.
  private static func batches(_ name: String, threads: Int?) -> BenchmarkCase {
    BenchmarkCase(name, images: exampleCount) {
      let data = try SyntheticData()
      let model = try Img2ImgTransformer(.cajal2DTiny, for: data.dataset.problem)
      let batches = try PictureData(data.dataset, for: model)
      return {
        let feed = BatchFeed(0..<exampleCount, capacity: 8, maximumThreads: threads) {
          try batches.trainingBatch($0..<($0 + 1), step: $0, seed: 1)
        }
        for number in 0..<exampleCount { _ = try feed.element(number) }
      }
    }
  }

  private static var opening: BenchmarkCase {
    let (sections, size) = (20, 1024)
    return BenchmarkCase("open_dataset", images: sections * (size / 64) * (size / 64)) {
      let data = try SyntheticData(sections: sections, size: size, keepsAll: true)
      return { _ = try Dataset(at: data.dataset.directory, for: data.dataset.problem) }
    }
  }
}

/// How much faster data are made than a training run uses them.
private struct DataToTraining: Encodable {
  static let name = "data_to_training"

  let ratio: Double

  private enum CodingKeys: String, CodingKey {
    case name = "case"
    case ratio = "dataToTraining"
  }

  init(data: Measurement, training: Measurement) {
    ratio = (data.imagesPerSecond ?? 0) / (training.imagesPerSecond ?? .infinity)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.name, forKey: .name)
    try container.encode(ratio, forKey: .ratio)
  }

  func report(_ options: Options) throws {
    try options.report(
      self, text: Self.name + ": examples are made \(Int(ratio)) times as fast as they are used")
  }
}
