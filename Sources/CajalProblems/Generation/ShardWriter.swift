import CajalSupport
import CajalTensor

/// The tiles of all pictures, split by section, in shard order.
struct ShardWriter {
  let sections: [DataSummary.Section]
  let skipped: [DataSummary.Skip]
  let areas: [DataSummary.Area]
  let trainingStatistics: ChannelStatistics
  /// The lowest and the highest value of all tiles, for each channel.
  let range: [ClosedRange<UInt8>]?
  /// Sampled pixels of the training tiles.
  let trainingSample: [UInt8]
  /// The ranges of the records in the spool.
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
      pictures.map { ($0.picture.section, $0.keptCount) }, uniquingKeysWith: +)
    let full = keptCounts.filter { $0.value > 0 }.keys.sorted()
    guard !full.isEmpty else {
      throw Self.noTiles(of: pictures, source, problem)
    }
    var evaluationSections: Set<String> = []
    var areas: AreaSplit?
    switch options.split {
    case .sections:
      evaluationSections = try SectionSplit(
        of: full, empty: keptCounts.filter { $0.value == 0 }.keys.sorted(), problem: problem,
        options: options
      ).evaluation
    case .area: areas = try AreaSplit(of: pictures, tileSize: problem.tileSize, options: options)
    }

    var statistics = ChannelStatistics(channels: problem.cropShape.channels)
    var sample: [UInt8] = []
    var (training, evaluation): ([Range<Int>], [Range<Int>]) = ([], [])
    for (index, picture) in pictures.enumerated() {
      for band in picture.bands {
        let isForEvaluation =
          areas.map { $0.isForEvaluation(index, top: band.top) }
          ?? evaluationSections.contains(picture.picture.section)
        switch isForEvaluation {
        case true?: evaluation += band.kept
        case false?:
          training += band.kept
          statistics.add(band.statistics)
          sample += band.sample
        case nil: break
        }
      }
    }
    trainingStatistics = statistics
    for band in pictures.flatMap(\.bands) { statistics.widenRange(by: band.statistics) }
    range = statistics.range
    trainingSample = sample
    self.areas = areas?.areas.sorted { $0.key < $1.key }.map(\.value) ?? []
    sections = Self.sections(of: pictures, evaluation: evaluationSections)
    skipped = pictures.compactMap { picture in
      picture.skip.map { DataSummary.Skip(picture: picture.picture.name, reason: $0) }
    }
    var random = RandomStream(RandomKey(seed: options.seed, stream: DataStream.shards.rawValue))
    self.training = training.shuffled(using: &random)
    self.evaluation = evaluation
    self.problem = problem
    self.options = options
  }

  private static func noTiles(
    of pictures: [PictureTiles], _ source: String, _ problem: any Problem
  ) -> ProblemError {
    let reason = reasonForNoTiles(pictures, problem)
    let least = max(problem.cropShape.height, problem.cropShape.width)
    let sides = pictures.compactMap(\.shortSide).filter { $0 >= least }
    // Pictures too small for any tile are ignored if others are not.
    guard let size = sides.min(), pictures.allSatisfy({ $0.tileCount == 0 }) else {
      return .noTiles(source: source, reason: reason)
    }
    return .tilesTooLarge(source: source, reason: reason, largestFit: size)
  }

  private static func reasonForNoTiles(
    _ pictures: [PictureTiles], _ problem: any Problem
  ) -> String {
    let count = pictures.reduce(0) { $0 + $1.tileCount }
    if count > 0 { return "all \(count) tiles were dropped as background" }
    guard let first = pictures.first, let skip = first.skip else { return "it has no pictures" }
    return pictures.count == 1 || pictures.dropFirst().allSatisfy { $0.skip == skip }
      ? "\(first.picture.name): \(skip)"
      : "none of its \(pictures.count) pictures is large enough and readable; "
        + "\(first.picture.name): \(skip)"
  }

  private static func sections(
    of pictures: [PictureTiles], evaluation: Set<String>
  ) -> [DataSummary.Section] {
    let groups = Dictionary(grouping: pictures, by: \.picture.section)
    return groups.sorted { $0.key < $1.key }.map { name, pictures in
      DataSummary.Section(
        name: name, set: pictures[0].picture.set, isForEvaluation: evaluation.contains(name),
        pictureCount: pictures.count, tileCount: pictures.reduce(0) { $0 + $1.tileCount },
        keptCount: pictures.reduce(0) { $0 + $1.keptCount })
    }
  }

  /// Writes training and evaluation shards from a spool into a directory, and returns their
  /// descriptions.
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
