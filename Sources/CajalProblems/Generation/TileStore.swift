import CajalFiles
import CajalTensor

/// The tiles of all pictures, split by section and ready to be written.
struct TileStore {
  let sections: [DataSummary.Section]
  let skipped: [DataSummary.Skip]
  let trainingStatistics: ChannelStatistics
  private let training: [StoredTile]
  private let evaluation: [StoredTile]
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
    for picture in pictures where !isForEvaluation(picture) { statistics.add(picture.statistics) }
    trainingStatistics = statistics
    sections = Self.sections(of: pictures, evaluation: split.evaluation)
    skipped = pictures.compactMap { picture in
      picture.skip.map { DataSummary.Skip(picture: picture.picture.name, reason: $0) }
    }
    var random = RandomStream(RandomKey(seed: options.seed, stream: DataStream.shards.rawValue))
    training = pictures.filter { !isForEvaluation($0) }.flatMap(\.tiles).shuffled(using: &random)
    evaluation = pictures.filter(isForEvaluation).flatMap(\.tiles)
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

  /// Writes training and evaluation shards and returns what they are.
  func writeShards(to directory: String) throws -> [DataSummary.Shard] {
    try write(training, as: "train", count: options.trainingShardCount, to: directory)
      + write(evaluation, as: "dev", count: options.evaluationShardCount, to: directory)
  }

  private func write(
    _ tiles: [StoredTile], as split: String, count: Int, to directory: String
  ) throws -> [DataSummary.Shard] {
    let count = min(count, tiles.count)
    return try (0..<count).map { index in
      let part = tiles[(index * tiles.count / count)..<((index + 1) * tiles.count / count)]
      var bytes: [UInt8] = []
      for tile in part {
        RecordFile.append(try tile.record(size: problem.tileSize), to: &bytes)
      }
      let file =
        "\(problem.storageName)-\(split)-\(fiveDigits(index))-of-\(fiveDigits(count))"
      try Files.writeAtomically(to: directory + "/" + file, bytes)
      return DataSummary.Shard(
        file: file, isForEvaluation: split == "dev", tileCount: part.count, byteCount: bytes.count)
    }
  }

  private func fiveDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}

extension PictureTiles {
  /// The tiles as the shards hold them.
  fileprivate var tiles: [StoredTile] {
    kept.map { position, encoded in
      StoredTile(
        section: picture.section, picture: picture.name, position: position, name: picture.name,
        encoded: encoded)
    }
  }
}
