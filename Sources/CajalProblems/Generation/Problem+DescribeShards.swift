import CajalSupport
import CajalImages
import CajalTensor
import Foundation
import Synchronization

extension Problem {
  /// Makes a data set of a directory that holds shards of another program, as tensor2tensor's
  /// `generate_data` writes them: every record is read, every picture decoded, and `dataset.json`,
  /// a ``DataSummary``, put next to the shards or into a separate directory.
  ///
  /// Shards are recognized by their names (`…-train-00000-of-00100`, `…-dev-00000-of-00010`); where
  /// there are those of several problems, those of ``storageName`` are taken. Without `dev` shards
  /// those of a `test` split are held out, else they are left out and listed. Shards may be
  /// compressed as GZIP or ZLIB. Tiles may have any size that crops fit into, each its own.
  ///
  /// - Parameters:
  ///   - directory: the directory of the shards.
  ///   - output: the directory for the description, which then names the shards by their absolute
  ///     paths; `nil` is the directory of the shards.
  ///   - existing: whether an existing data set is replaced. Next to the shards that is only their
  ///     own description.
  ///   - skipsBroken: whether broken records are skipped and counted instead of throwing an error.
  ///   - progress: called with the numbers of read shards and of all shards, from any thread, never
  ///     concurrently.
  /// - Throws: an error that names the file, and within it the byte, and the reason.
  @discardableResult
  public func describeShards(
    in directory: String, to output: String? = nil, existing: DataOptions.Existing = .reuse,
    skipsBroken: Bool = false,
    progress: (@Sendable (_ done: Int, _ count: Int) -> Void)? = nil
  ) throws -> Dataset {
    let place = try DescriptionPlace(of: directory, output: output, existing: existing)
    let found = try FoundShards(in: directory, named: storageName)
    try place.check()
    let done = Mutex(0)
    let unpacked = UnpackedRecords()
    let shards = try Threads.concurrentMap(found.shards) { file in
      let shard = try DescribedShard(
        file, in: directory, problem: self, skipsBroken: skipsBroken, unpacked: unpacked)
      done.withLock {
        $0 += 1
        progress?($0, found.shards.count)
      }
      return shard
    }
    var summary = try summary(of: shards, in: directory)
    summary.skipped = found.leftOut
    try adapted(to: summary).checkNormalization()
    try place.write(summary)
    return try Dataset(at: place.path, for: self)
  }

  private func summary(of shards: [DescribedShard], in directory: String) throws -> DataSummary {
    guard let side = shards.compactMap(\.smallestSide).min() else {
      throw ProblemError.noTiles(source: directory, reason: "its shards hold no tile")
    }
    var statistics = ChannelStatistics(channels: cropShape.channels)
    var sample: [UInt8] = []
    for shard in shards where !shard.summary.isForEvaluation {
      statistics.add(shard.statistics)
      sample += shard.sample
    }
    var all = statistics
    for shard in shards { all.widenRange(by: shard.statistics) }
    let held = shards.count { $0.summary.isForEvaluation }
    var summary = DataSummary(
      request: DataSummary.Request(
        problem: name, options: dataOptions, tileSize: side, channels: cropShape.channels, seed: 0,
        evaluationSections: nil, evaluationFraction: 0, trainingShardCount: shards.count - held,
        evaluationShardCount: held, tileFormat: DataSummary.Request.formatOfShards,
        skipsUnreadable: false, pictures: []),
      options: options, sections: shards.map(\.section), shards: shards.map(\.summary), skipped: [],
      mean: statistics.mean, standardDeviation: statistics.standardDeviation, range: all.range)
    summary.findStains(of: sample)
    return summary
  }
}

extension DataSummary.Request {
  /// The tile format of foreign data.
  fileprivate static let formatOfShards = "as found"
}

/// The destination of a description of shards.
private struct DescriptionPlace {
  private let shards: String
  private let existing: DataOptions.Existing
  /// A separate directory, or `nil` for that of the shards.
  private let output: OutputDirectory?

  init(of shards: String, output: String?, existing: DataOptions.Existing) throws {
    self.shards = shards
    self.existing = existing
    self.output = try output.flatMap { output in
      Files.isSameFile(output, shards) ? nil : try OutputDirectory(output)
    }
  }

  /// The directory of the data set.
  var path: String { output?.path ?? shards }

  /// Throws, before reading any shard, if the description cannot be written.
  func check() throws {
    if let output {
      guard try output.content() == .nothing || existing == .replace else {
        throw ProblemError.occupiedDirectory(output.path)
      }
      return
    }
    if Files.exists(shards + "/" + DataSummary.fileName) {
      let isOfShards =
        try DataSummary(directory: shards).request.tileFormat == DataSummary.Request.formatOfShards
      guard isOfShards else {
        throw ProblemError.unusableShards(
          shards, reason: "it is a data set already, whose \(DataSummary.fileName) tells more")
      }
      guard existing == .replace else { throw ProblemError.alreadyDescribed(shards) }
    }
    do {
      try Files.checkWritable(directory: shards)
    } catch {
      throw ProblemError.unwritableShards(shards, reason: error.reason)
    }
  }

  func write(_ summary: DataSummary) throws {
    guard let output else { return try summary.write(to: shards) }
    var summary = summary
    let folder = try Files.absolute(shards)
    for index in summary.shards.indices {
      summary.shards[index].file = folder + "/" + summary.shards[index].file
    }
    let isOccupied = try output.content() == .dataset
    let lock = try output.start()
    defer { lock.release() }
    do {
      try summary.write(to: output.incomplete)
      try output.finish(replacing: isOccupied && existing == .replace)
    } catch {
      output.abandon()
      throw error
    }
  }
}

/// The content of a foreign shard.
private struct DescribedShard: Sendable {
  /// Rows or columns of its smallest tile.
  var smallestSide: Int?
  var statistics: ChannelStatistics
  var sample: [UInt8] = []
  let summary: DataSummary.Shard

  init(
    _ shard: FoundShards.Shard, in directory: String, problem: some Problem, skipsBroken: Bool,
    unpacked: UnpackedRecords
  ) throws {
    let content = try ShardContent(
      of: "\(directory)/\(shard.file)", skipsBroken: skipsBroken, staysOpen: false,
      unpacked: unpacked)
    statistics = ChannelStatistics(channels: problem.cropShape.channels)
    summary = DataSummary.Shard(
      file: shard.file, isForEvaluation: shard.isForEvaluation, tileCount: content.tiles.count,
      byteCount: content.byteCount, brokenCount: content.broken.count)
    for tile in content.tiles {
      let image = try tile.image(for: problem)
      smallestSide = min(smallestSide ?? .max, image.width, image.height)
      statistics.add(image.pixels)
      sample += StainSample.pixels(of: image)
    }
  }

  /// A foreign shard counts as a section, because the origin of its tiles is unknown.
  var section: DataSummary.Section {
    DataSummary.Section(
      name: summary.file, set: nil, isForEvaluation: summary.isForEvaluation,
      pictureCount: 0, tileCount: summary.tileCount, keptCount: summary.tileCount)
  }
}
