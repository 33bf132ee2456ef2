import CajalFiles
import CajalImages
import CajalTensor
import Synchronization

extension Problem {
  /// Makes a data set of a directory that holds shards of another program, as tensor2tensor's `generate_data` writes
  /// them: every record is read, every picture decoded, and `dataset.json`, a ``DataSummary``, put beside the shards.
  ///
  /// Shards are told by their names (`…-train-00000-of-00100`, `…-dev-00000-of-00010`); where there are those of several
  /// problems, those of ``storageName`` are taken. Tiles may have any size that crops fit into, each its own.
  ///
  /// - Parameters:
  ///   - directory: the directory of the shards.
  ///   - skipsBroken: whether broken records are left out and counted, rather than an error.
  ///   - progress: called with the numbers of shards read and of all shards, from any thread, never twice at once.
  /// - Throws: an error that names the file, and within it the byte, and the reason.
  @discardableResult
  public func describeShards(
    in directory: String, skipsBroken: Bool = false,
    progress: (@Sendable (_ done: Int, _ count: Int) -> Void)? = nil
  ) throws -> Dataset {
    guard !Files.exists(directory + "/" + DataSummary.fileName) else {
      throw ProblemError.unusableShards(
        directory, reason: "it is a data set already; remove its \(DataSummary.fileName) first")
    }
    let names = try shardNames(in: directory)
    let done = Mutex(0)
    let shards = try Threads.concurrentMap(names) { name in
      let shard = try DescribedShard(name, in: directory, problem: self, skipsBroken: skipsBroken)
      done.withLock {
        $0 += 1
        progress?($0, names.count)
      }
      return shard
    }
    try summary(of: shards, in: directory).write(to: directory)
    return try Dataset(at: directory, for: self)
  }

  /// The shards of one set, those for training first, in order.
  private func shardNames(in directory: String) throws -> [ShardName] {
    let all = try Files.list(directory).compactMap { ShardName($0) }
    let sets = Set(all.map(\.storageName))
    guard let set = sets.contains(storageName) || sets.count > 1 ? storageName : sets.first else {
      throw ProblemError.unusableShards(
        directory,
        reason: "there are none; their names end like -train-00000-of-00010")
    }
    let names = all.filter { $0.storageName == set }
    guard let first = names.first(where: { $0.split == .training }) else {
      throw ProblemError.unusableShards(
        directory,
        reason: names.isEmpty
          ? "they are of \(sets.sorted().joined(separator: ", ")) and not of \(storageName)"
          : "there is no training shard of \(set)")
    }
    let evaluation = names.first { $0.split == .evaluation }
    let present = Set(names)
    return try [first, evaluation].compactMap { $0 }.flatMap { example in
      // The count is what a file's name says: nothing may be made of it before there are as many
      // files.
      var found: [ShardName] = []
      while found.count < example.count {
        var name = example
        name.index = found.count
        guard present.contains(name) else {
          throw ProblemError.unusableShards(directory, reason: "the shard \(name) is missing")
        }
        found.append(name)
      }
      return found
    }
  }

  private func summary(of shards: [DescribedShard], in directory: String) throws -> DataSummary {
    guard let side = shards.compactMap(\.smallestSide).min() else {
      throw ProblemError.noTiles(source: directory, reason: "its shards hold no tile")
    }
    var statistics = ChannelStatistics(channels: cropShape.channels)
    var sample: [UInt8] = []
    for shard in shards where shard.name.split == .training {
      statistics.add(shard.statistics)
      sample += shard.sample
    }
    let counts = (
      shards.count { $0.name.split == .training }, shards.count { $0.name.split == .evaluation }
    )
    return DataSummary(
      request: DataSummary.Request(
        problem: name, options: dataOptions, tileSize: side, channels: cropShape.channels, seed: 0,
        evaluationSections: nil, evaluationFraction: 0, trainingShardCount: counts.0,
        evaluationShardCount: counts.1, tileFormat: "as found", skipsUnreadable: false, pictures: []
      ),
      options: options, sections: shards.map(\.section), shards: shards.map(\.summary), skipped: [],
      mean: statistics.mean, deviation: statistics.deviation, stains: StainSeparation(of: sample))
  }
}

/// What a shard of another program holds.
private struct DescribedShard: Sendable {
  let name: ShardName
  /// Rows or columns of its smallest tile.
  var smallestSide: Int?
  var statistics: ChannelStatistics
  var sample: [UInt8] = []
  let summary: DataSummary.Shard

  init(
    _ name: ShardName, in directory: String, problem: some Problem, skipsBroken: Bool
  ) throws {
    let content = try ShardContent(
      of: "\(directory)/\(name)", skipsBroken: skipsBroken, staysOpen: false)
    self.name = name
    statistics = ChannelStatistics(channels: problem.cropShape.channels)
    summary = DataSummary.Shard(
      file: name.description, isForEvaluation: name.split == .evaluation,
      tileCount: content.tiles.count, byteCount: content.byteCount,
      brokenCount: content.broken.count)
    for tile in content.tiles {
      let image = try tile.image(for: problem)
      smallestSide = min(smallestSide ?? .max, image.width, image.height)
      statistics.add(image.pixels)
      sample += StainSample.pixels(of: image)
    }
  }

  /// A shard of others stands for a section: nothing tells where its tiles come from.
  var section: DataSummary.Section {
    DataSummary.Section(
      name: name.description, set: nil, isForEvaluation: name.split == .evaluation,
      pictureCount: 0, tileCount: summary.tileCount, keptCount: summary.tileCount)
  }
}
