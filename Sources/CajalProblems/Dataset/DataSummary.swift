/// What a data set holds and how it was made: the content of its `dataset.json`.
public struct DataSummary: Sendable, Hashable, Codable {
  /// The name of the file beside the shards.
  static let fileName = "dataset.json"
  /// The version of the format that this library writes and reads.
  static let currentVersion = 2

  /// The version of the format.
  public internal(set) var version = DataSummary.currentVersion
  /// How it was made.
  public internal(set) var request: Request
  /// The problem's options at the time; see ``Problem/options``.
  public internal(set) var options: [String: String]
  /// Every section that gave tiles or was looked at, sorted by name.
  public internal(set) var sections: [Section]
  /// The files with the tiles.
  public internal(set) var shards: [Shard]
  /// The pictures that gave no tiles, and why.
  public internal(set) var skipped: [Skip]
  /// What was left out when the pictures were looked for.
  public internal(set) var leftOut: [LeftOut] = []
  /// Where the pictures are divided if they are split by area; those that are not among them train
  /// as a whole.
  public internal(set) var areas: [Area] = []
  /// The mean of the training values, for each channel, on the scale of 0 to 255.
  public internal(set) var mean: [Double]
  /// The population standard deviation of the training values, for each channel.
  public internal(set) var deviation: [Double]
  /// The lowest and the highest value of all tiles, for each channel; `nil` in data of earlier
  /// versions.
  public internal(set) var range: [ClosedRange<UInt8>]?
  /// The two stains of the training pixels, or `nil` where there are none; see ``stainFailure``.
  public internal(set) var stains: StainSeparation?
  /// Why the training pixels show no two stains; `nil` where they do and in data of earlier
  /// versions.
  public internal(set) var stainFailure: StainSeparation.Failure?
  /// What was seen of pictures of 16 bits; `nil` where all had 8.
  public internal(set) var deepPictures: DeepPictures?

  /// Everything that decides what is stored: the same request gives the same bytes.
  public struct Request: Sendable, Hashable, Codable {
    /// The problem's name.
    public internal(set) var problem: String
    /// The part of the problem's options that decides what is stored; see ``Problem/dataOptions``.
    public internal(set) var options: [String: String]
    /// Rows and columns of a tile.
    public internal(set) var tileSize: Int
    /// Values per pixel of a tile.
    public internal(set) var channels: Int
    /// The seed of split and shuffle.
    public internal(set) var seed: UInt64
    /// The sections that were asked for as evaluation sections, or `nil` when they were drawn.
    public internal(set) var evaluationSections: [String]?
    /// The fraction of sections to draw.
    public internal(set) var evaluationFraction: Double
    /// `area` where the pictures are split by area, `nil` where by section.
    public internal(set) var split: String?
    /// The numbers of shards that were asked for.
    public internal(set) var trainingShardCount: Int, evaluationShardCount: Int
    /// How the tiles are encoded; see ``TileFormat``.
    public internal(set) var tileFormat: String
    /// Whether unreadable pictures were left out.
    public internal(set) var skipsUnreadable: Bool
    /// The value of white in 16-bit pictures, where one was chosen; see ``DataOptions/whiteLevel``.
    public internal(set) var whiteLevel: Int?
    /// Names, sizes and checksums of the pictures.
    var pictures: [Picture.Fingerprint]
  }

  /// A section and its tiles.
  public struct Section: Sendable, Hashable, Codable {
    /// The section's name.
    public internal(set) var name: String
    /// The collection that the manifest puts it in.
    public internal(set) var set: String?
    /// Whether its tiles are for evaluation alone.
    public internal(set) var isForEvaluation: Bool
    /// How many pictures show it.
    public internal(set) var pictureCount: Int
    /// How many tiles were cut.
    public internal(set) var tileCount: Int
    /// How many of them were kept.
    public internal(set) var keptCount: Int
  }

  /// A file of tiles.
  public struct Shard: Sendable, Hashable, Codable {
    /// The file's name beside the summary, or its absolute path where it is elsewhere.
    public internal(set) var file: String
    /// Whether its tiles are for evaluation alone.
    public internal(set) var isForEvaluation: Bool
    /// How many tiles it holds.
    public internal(set) var tileCount: Int
    /// Its size in bytes.
    public internal(set) var byteCount: Int
    /// How many of its records were broken and left out when it was described.
    public internal(set) var brokenCount = 0
  }

  /// A picture that gave no tiles.
  public struct Skip: Sendable, Hashable, Codable {
    /// The picture's name.
    public internal(set) var picture: String
    /// Why it gave none.
    public internal(set) var reason: String
  }
}

extension DataSummary {
  /// How many tiles are for training.
  public var trainingTileCount: Int { tileCount(forEvaluation: false) }
  /// How many tiles are for evaluation.
  public var evaluationTileCount: Int { tileCount(forEvaluation: true) }
  /// How many tiles the problem did not keep.
  public var droppedTileCount: Int {
    sections.reduce(0) { $0 + $1.tileCount - $1.keptCount }
  }
  /// The size of all shards in bytes.
  public var byteCount: Int { shards.reduce(0) { $0 + $1.byteCount } }

  /// Records the stains of training pixels, or why there are none.
  mutating func findStains(of pixels: [UInt8]) {
    do {
      stains = try StainSeparation(finding: pixels)
    } catch {
      stainFailure = request.channels == 1 ? .gray : error
    }
  }

  private func tileCount(forEvaluation: Bool) -> Int {
    shards.filter { $0.isForEvaluation == forEvaluation }.reduce(0) { $0 + $1.tileCount }
  }
}
