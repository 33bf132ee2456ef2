import CajalFiles
import CajalTensor

/// A stored data set, read into memory: training tiles, from which examples are cut at random, and the
/// evaluation examples.
///
/// Tiles stay encoded in memory and are decoded at each use. Making an example is a pure function of seed and
/// number, so that examples can be made by any thread, in any order, and from any position on.
public struct Dataset: Sendable {
  /// Where it is stored.
  public let directory: String
  /// The problem that makes examples of the tiles.
  public let problem: any Problem
  /// What is stored and how it was made.
  public let summary: DataSummary
  /// The tiles to train on.
  public let trainingTiles: [StoredTile]
  /// The tiles to evaluate on; empty for data made without evaluation.
  public let evaluationTiles: [StoredTile]
  /// All the examples to evaluate on, in a fixed, shuffled order: any first part of them is a fair sample.
  public let evaluationExamples: [EvaluationExample]

  /// Reads a data set for the problem that it was made for, which `registry` makes again from its name and
  /// options.
  ///
  /// - Throws: an error that names the file and the reason, and for damage within a shard the byte.
  public init(at directory: String, registry: ProblemRegistry = .standard) throws {
    let summary = try DataSummary(directory: directory)
    let problem = try registry.problem(named: summary.request.problem, options: summary.options)
    try self.init(at: directory, for: problem, summary: summary)
  }

  /// Reads a data set for a problem, which may be another one than it was made for, as long as the tiles are
  /// large enough and have the right number of channels.
  ///
  /// - Throws: an error that names the file and the reason, and for damage within a shard the byte.
  public init(at directory: String, for problem: some Problem) throws {
    try self.init(at: directory, for: problem, summary: DataSummary(directory: directory))
  }

  private init(at directory: String, for problem: any Problem, summary: DataSummary) throws {
    let (crop, request) = (problem.cropShape, summary.request)
    guard request.tileSize >= max(crop.height, crop.width) else {
      throw ProblemError.unfitTiles(
        directory: directory,
        reason:
          "they have \(request.tileSize) x \(request.tileSize) pixels and \(problem.name) crops "
          + "\(crop.height) x \(crop.width); make data with larger tiles")
    }
    guard request.channels == crop.channels else {
      throw ProblemError.unfitTiles(
        directory: directory,
        reason: "they have \(request.channels) channels and \(problem.name) needs \(crop.channels)")
    }
    self.directory = directory
    self.problem = problem
    self.summary = summary
    trainingTiles = try Self.tiles(summary.shards.filter { !$0.isForEvaluation }, in: directory)
    evaluationTiles = try Self.tiles(summary.shards.filter(\.isForEvaluation), in: directory)
    evaluationExamples = try Self.examples(
      of: evaluationTiles, problem: problem, seed: summary.request.seed)
  }

  /// Reads and checks shards.
  private static func tiles(
    _ shards: [DataSummary.Shard], in directory: String
  ) throws -> [StoredTile] {
    try shards.flatMap { shard in
      let file = directory + "/" + shard.file
      let bytes = try Files.read(file)
      let tiles = try RecordFile.recordRanges(in: bytes, file: file).map { range in
        try StoredTile(
          record: bytes[range], file: file, offset: range.lowerBound - RecordFile.headerSize)
      }
      guard tiles.count == shard.tileCount else {
        throw ProblemError.brokenData(
          file: file, offset: bytes.count,
          reason: "it ends after \(tiles.count) of its \(shard.tileCount) records")
      }
      return tiles
    }
  }

  /// The evaluation examples of the tiles, shuffled.
  private static func examples(
    of tiles: [StoredTile], problem: any Problem, seed: UInt64
  ) throws -> [EvaluationExample] {
    let positions = try Threads.concurrentMap(tiles) {
      problem.evaluationCropPositions(in: try $0.image())
    }
    var examples: [EvaluationExample] = []
    for (tile, positions) in zip(tiles, positions) {
      for position in positions {
        examples.append(
          EvaluationExample(
            tile: tile, cropPosition: position, problem: problem, number: examples.count))
      }
    }
    var random = RandomStream(RandomKey(seed: seed, stream: DataStream.evaluationOrder.rawValue))
    return examples.shuffled(using: &random)
  }
}
