import CajalSupport
import CajalImages
import CajalTensor

/// A stored data set: training tiles, which are cropped at random, and evaluation examples.
///
/// Every record is verified once when the data set is opened. Tiles are read and decoded at each
/// use, so that a data set may be larger than memory; a few hundred bytes per tile are kept. An
/// example is a pure function of seed and number, so examples can be made by any thread, in any
/// order, from any position.
public struct Dataset: Sendable {
  /// The path of the directory.
  public let directory: String
  /// The problem, adapted to the data; see ``Problem/adapted(to:)``.
  public let problem: any Problem
  /// The description of the data.
  public internal(set) var summary: DataSummary
  /// The training tiles.
  public let trainingTiles: [StoredTile]
  /// The evaluation tiles; empty for data made without evaluation.
  public let evaluationTiles: [StoredTile]
  /// All evaluation examples, in a fixed shuffled order, so that any prefix is a fair sample.
  public internal(set) var evaluationExamples: [EvaluationExample]
  /// The context of the evaluation examples on each side, in pixels of the input; 0 unless made by
  /// ``withEvaluationContext(_:)``.
  public internal(set) var evaluationContext = 0
  /// The broken records that were skipped.
  public let brokenRecords: [ProblemError]

  /// Opens a data set for its own problem, which `registry` recreates from its name and options.
  ///
  /// - Parameters:
  ///   - directory: the folder of the data set.
  ///   - registry: the problems that are known by name.
  ///   - skipsBroken: whether broken records are skipped and listed in ``brokenRecords`` instead of
  ///     throwing an error.
  /// - Throws: an error that names the file and the reason, and for damage within a shard the byte.
  public init(
    at directory: String, registry: ProblemRegistry = .standard, skipsBroken: Bool = false
  ) throws {
    let summary = try DataSummary(directory: directory)
    let problem = try registry.problem(named: summary.request.problem, options: summary.options)
    try self.init(at: directory, for: problem, summary: summary, skipsBroken: skipsBroken)
  }

  /// Opens a data set for a problem, which may differ from the one it was made for if the tiles are
  /// large enough and have the right number of channels.
  ///
  /// - Parameters:
  ///   - directory: the folder of the data set.
  ///   - problem: the problem to use the tiles for.
  ///   - skipsBroken: whether broken records are skipped and listed in ``brokenRecords`` instead of
  ///     throwing an error.
  /// - Throws: an error that names the file and the reason, and for damage within a shard the byte.
  public init(at directory: String, for problem: some Problem, skipsBroken: Bool = false) throws {
    try self.init(
      at: directory, for: problem, summary: DataSummary(directory: directory),
      skipsBroken: skipsBroken)
  }

  private init(
    at directory: String, for problem: any Problem, summary: DataSummary, skipsBroken: Bool
  ) throws {
    let (crop, request) = (problem.cropShape, summary.request)
    guard request.tileSize >= max(crop.height, crop.width) else {
      throw ProblemError.unfitTiles(
        directory: directory,
        reason:
          "they have \(request.tileSize) x \(request.tileSize) pixels and \(problem.name) crops "
          + "\(crop.height) x \(crop.width); make data with larger tiles")
    }
    guard request.channels >= crop.channels else {
      throw ProblemError.unfitTiles(
        directory: directory,
        reason: "they have \(request.channels) channels and \(problem.name) needs \(crop.channels)")
    }
    let problem = try problem.adapted(to: summary)
    try problem.checkNormalization()
    self.directory = directory
    self.problem = problem
    self.summary = summary
    let staysOpen = summary.shards.count <= Self.openFileLimit
    let unpacked = UnpackedRecords()
    let contents = try Threads.concurrentMap(summary.shards) { shard in
      try shard.content(
        in: directory, skipsBroken: skipsBroken, staysOpen: staysOpen, unpacked: unpacked)
    }
    let shards = zip(summary.shards, contents)
    trainingTiles = shards.flatMap { $0.isForEvaluation ? [] : $1.tiles }
    evaluationTiles = shards.flatMap { $0.isForEvaluation ? $1.tiles : [] }
    brokenRecords = contents.flatMap(\.broken)
    evaluationExamples = try Self.examples(
      of: evaluationTiles, problem: problem, with: problem, seed: summary.request.seed)
  }

  /// With more shards than this, files are reopened for each read: processes are often limited to
  /// 1024 open files.
  private static let openFileLimit = 256

  /// The evaluation examples of the tiles, shuffled. They are those of the problem `wider`, whose
  /// crops have the crops of `problem` in their middle.
  static func examples(
    of tiles: [StoredTile], problem: any Problem, with wider: any Problem, seed: UInt64
  ) throws -> [EvaluationExample] {
    let (crop, whole) = (problem.cropShape, wider.cropShape)
    let left = (whole.width - crop.width) / 2, top = (whole.height - crop.height) / 2
    let positions = try Threads.concurrentMap(tiles) { tile in
      let image = try tile.image()
      let inner = PixelShape(
        height: image.height - 2 * top, width: image.width - 2 * left, channels: image.channels)
      return problem.evaluationCropPositions(in: image.center(of: inner)).map {
        PixelPosition(x: $0.x + left, y: $0.y + top)
      }
    }
    var examples: [EvaluationExample] = []
    for (tile, positions) in zip(tiles, positions) {
      for position in positions {
        examples.append(
          EvaluationExample(
            tile: tile, position: position, left: left, top: top, problem: wider,
            number: examples.count))
      }
    }
    var random = RandomStream(RandomKey(seed: seed, stream: DataStream.evaluationOrder.rawValue))
    return examples.shuffled(using: &random)
  }
}

extension DataSummary.Shard {
  /// Reads and checks the shard; those with broken records from the first are expected to have
  /// them.
  fileprivate func content(
    in directory: String, skipsBroken: Bool, staysOpen: Bool, unpacked: UnpackedRecords
  ) throws -> ShardContent {
    let path = file.hasPrefix("/") ? file : directory + "/" + file
    let content = try ShardContent(
      of: path, skipsBroken: skipsBroken || brokenCount > 0, staysOpen: staysOpen,
      unpacked: unpacked)
    guard skipsBroken || content.tiles.count == tileCount else {
      throw ProblemError.brokenData(
        file: path, offset: content.byteCount,
        reason: "it ends after \(content.tiles.count) of its \(tileCount) records")
    }
    return content
  }
}
