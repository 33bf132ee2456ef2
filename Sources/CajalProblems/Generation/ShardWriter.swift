import CajalFiles
import CajalTensor

/// The tiles of all pictures, split by section, in the order in which shards get them.
struct ShardWriter {
  let sections: [DataSummary.Section]
  let skipped: [DataSummary.Skip]
  let trainingStatistics: ChannelStatistics
  /// The lowest and the highest value of all tiles, for each channel.
  let range: [ClosedRange<UInt8>]?
  /// Some pixels of the training tiles.
  let trainingSample: [UInt8]
  /// Where in the spool the records are.
  private let training: [Range<Int>], evaluation: [Range<Int>]
  private let problem: any Problem
  private let options: DataOptions

  /// Splits and orders the tiles.
  ///
  /// - Throws: ``ProblemError`` when there are no tiles or the sections cannot be split.
  init(
    of pictures: [PictureTiles], source: String, problem: any Problem, options: DataOptions
  ) throws {
    let keptCounts = Dictionary(
      pictures.map { ($0.picture.section, $0.kept.count) }, uniquingKeysWith: +)
    let full = keptCounts.filter { $0.value > 0 }.keys.sorted()
    guard !full.isEmpty else {
      throw ProblemError.noTiles(source: source, reason: Self.reasonForNoTiles(pictures, problem))
    }
    let split = try SectionSplit(
      of: full, empty: keptCounts.filter { $0.value == 0 }.keys.sorted(), problem: problem,
      options: options)
    let isForEvaluation = { (picture: PictureTiles) in
      split.evaluation.contains(picture.picture.section)
    }

    var statistics = ChannelStatistics(channels: problem.cropShape.channels)
    var sample: [UInt8] = []
    for picture in pictures where !isForEvaluation(picture) {
      statistics.add(picture.statistics)
      sample += picture.sample
    }
    trainingStatistics = statistics
    for picture in pictures { statistics.widenRange(by: picture.statistics) }
    range = statistics.range
    trainingSample = sample
    sections = Self.sections(of: pictures, evaluation: split.evaluation)
    skipped = pictures.compactMap { picture in
      picture.skip.map { DataSummary.Skip(picture: picture.picture.name, reason: $0) }
    }
    var random = RandomStream(RandomKey(seed: options.seed, stream: DataStream.shards.rawValue))
    training = pictures.filter { !isForEvaluation($0) }.flatMap(\.kept).shuffled(using: &random)
    evaluation = pictures.filter(isForEvaluation).flatMap(\.kept)
    self.problem = problem
    self.options = options
  }

  private static func reasonForNoTiles(
    _ pictures: [PictureTiles], _ problem: any Problem
  ) -> String {
    let count = pictures.reduce(0) { $0 + $1.tileCount }
    if count > 0 { return "all \(count) tiles were dropped as background" }
    guard let first = pictures.first, let skip = first.skip else { return "it has no pictures" }
    return pictures.count == 1 || pictures.dropFirst().allSatisfy { $0.skip == skip }
      ? "\(first.picture.name): \(skip)"
      : "none of its \(pictures.count) pictures is large enough and readable; \(first.picture.name): \(skip)"
  }

  private static func sections(
    of pictures: [PictureTiles], evaluation: Set<String>
  ) -> [DataSummary.Section] {
    let groups = Dictionary(grouping: pictures, by: \.picture.section)
    return groups.sorted { $0.key < $1.key }.map { name, pictures in
      DataSummary.Section(
        name: name, set: pictures[0].picture.set, isForEvaluation: evaluation.contains(name),
        pictureCount: pictures.count, tileCount: pictures.reduce(0) { $0 + $1.tileCount },
        keptCount: pictures.reduce(0) { $0 + $1.kept.count })
    }
  }

  /// Writes training and evaluation shards, from a spool into a directory, and returns what they are.
  func write(from spool: SpoolFile, to directory: String) throws -> [DataSummary.Shard] {
    try write(training, .training, count: options.trainingShardCount, spool, directory)
      + write(evaluation, .evaluation, count: options.evaluationShardCount, spool, directory)
  }

  private func write(
    _ records: [Range<Int>], _ split: ShardName.Split, count: Int, _ spool: SpoolFile,
    _ directory: String
  ) throws -> [DataSummary.Shard] {
    let count = min(count, records.count)
    return try (0..<count).map { index in
      let part = records[(index * records.count / count)..<((index + 1) * records.count / count)]
      let name = ShardName(
        storageName: problem.storageName, split: split, index: index, count: count)
      try Files.writeAtomically(to: "\(directory)/\(name)") { writer in
        for record in part { try writer.append(spool.read(record)) }
      }
      return DataSummary.Shard(
        file: name.description, isForEvaluation: split == .evaluation, tileCount: part.count,
        byteCount: part.reduce(0) { $0 + $1.count })
    }
  }
}
