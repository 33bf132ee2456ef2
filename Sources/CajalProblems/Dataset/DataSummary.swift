/// The content of a data set and how it was made; stored as `dataset.json`.
public struct DataSummary: Sendable, Hashable, Codable {
  /// The name of the file next to the shards.
  static let fileName = "dataset.json"
  /// The version of the format that this library writes and reads.
  static let currentVersion = 2

  /// The version of the format.
  public internal(set) var version = DataSummary.currentVersion
  /// The request that it was made for.
  public internal(set) var request: Request
  /// The problem's options at the time; see ``Problem/options``.
  public internal(set) var options: [String: String]
  /// All sections, sorted by name.
  public internal(set) var sections: [Section]
  /// The files with the tiles.
  public internal(set) var shards: [Shard]
  /// The pictures without tiles, with the reason.
  public internal(set) var skipped: [Skip]
  /// The files skipped in the search for pictures.
  public internal(set) var leftOut: [LeftOut] = []
  /// The split of each picture if the data are split by area; pictures not listed are for training
  /// only.
  public internal(set) var areas: [Area] = []
  /// The mean of the training values, for each channel, on the scale of 0 to 255.
  public internal(set) var mean: [Double]
  /// The population standard deviation of the training values, for each channel.
  public internal(set) var standardDeviation: [Double]
  /// The lowest and the highest value of all tiles, for each channel; `nil` in data of earlier
  /// versions.
  public internal(set) var range: [ClosedRange<UInt8>]?
  /// The two stains of the training pixels, or `nil` where there are none; see ``stainFailure``.
  public internal(set) var stains: StainSeparation?
  /// The reason why no two stains were found; `nil` if they were, and in data of earlier versions.
  public internal(set) var stainFailure: StainSeparation.Failure?
  /// Statistics of 16-bit pictures; `nil` if all had 8 bits.
  public internal(set) var deepPictures: DeepPictures?
  /// The resolutions of the pictures, from fine to coarse; `nil` if the data were made without
  /// regard to them.
  public internal(set) var resolutions: [Resolution]?
  /// The side of a pixel of the tiles in micrometers, the mean over tiles whose pictures' resolution is
  /// known; `nil` if it is not known of half of them or differs by more than 20 % from the mean, and
  /// in data of earlier versions.
  public internal(set) var micronsPerPixel: Double?

  private enum CodingKeys: String, CodingKey {
    case version, request, options, sections, shards, skipped, leftOut, areas, mean
    case standardDeviation = "deviation"
    case range, stains, stainFailure, deepPictures, resolutions, micronsPerPixel
  }

  /// Everything that determines the stored bytes: equal requests give equal bytes.
  public struct Request: Sendable, Hashable, Codable {
    /// The problem's name.
    public internal(set) var problem: String
    /// The problem's options that affect the stored tiles; see ``Problem/dataOptions``.
    public internal(set) var options: [String: String]
    /// Rows and columns of a tile.
    public internal(set) var tileSize: Int
    /// Values per pixel of a tile.
    public internal(set) var channels: Int
    /// The seed of split and shuffle.
    public internal(set) var seed: UInt64
    /// The requested evaluation sections, or `nil` if they were drawn.
    public internal(set) var evaluationSections: [String]?
    /// The fraction of sections to draw.
    public internal(set) var evaluationFraction: Double
    /// `area` where the pictures are split by area, `nil` where by section.
    public internal(set) var split: String?
    /// The requested numbers of shards.
    public internal(set) var trainingShardCount: Int, evaluationShardCount: Int
    /// The encoding of tiles; see ``TileFormat``.
    public internal(set) var tileFormat: String
    /// Whether unreadable pictures were skipped.
    public internal(set) var skipsUnreadable: Bool
    /// The value of white in 16-bit pictures, where one was chosen; see ``DataOptions/whiteLevel``.
    public internal(set) var whiteLevel: Int?
    /// The resolution that finer pictures were averaged to, where one was chosen; see
    /// ``DataOptions/micronsPerPixel``.
    public internal(set) var micronsPerPixel: Double?
    /// Names, sizes and checksums of the pictures.
    var pictures: [Picture.Fingerprint]
  }

  /// A section and its tiles.
  public struct Section: Sendable, Hashable, Codable {
    /// The section's name.
    public internal(set) var name: String
    /// The set named in the manifest.
    public internal(set) var set: String?
    /// Whether its tiles are for evaluation only.
    public internal(set) var isForEvaluation: Bool
    /// The number of pictures.
    public internal(set) var pictureCount: Int
    /// The number of tiles cut.
    public internal(set) var tileCount: Int
    /// The number of tiles kept.
    public internal(set) var keptCount: Int
  }

  /// A file of tiles.
  public struct Shard: Sendable, Hashable, Codable {
    /// The file's name next to the summary, or its absolute path if it is elsewhere.
    public internal(set) var file: String
    /// Whether its tiles are for evaluation only.
    public internal(set) var isForEvaluation: Bool
    /// The number of tiles.
    public internal(set) var tileCount: Int
    /// Its size in bytes.
    public internal(set) var byteCount: Int
    /// The number of broken records skipped when the shard was described.
    public internal(set) var brokenCount = 0
  }

  /// A picture without tiles.
  public struct Skip: Sendable, Hashable, Codable {
    /// The picture's name.
    public internal(set) var picture: String
    /// The reason.
    public internal(set) var reason: String
  }
}

extension DataSummary {
  /// The number of training tiles.
  public var trainingTileCount: Int { tileCount(forEvaluation: false) }
  /// The number of evaluation tiles.
  public var evaluationTileCount: Int { tileCount(forEvaluation: true) }
  /// The number of tiles dropped by the problem.
  public var droppedTileCount: Int {
    sections.reduce(0) { $0 + $1.tileCount - $1.keptCount }
  }
  /// The size of all shards in bytes.
  public var byteCount: Int { shards.reduce(0) { $0 + $1.byteCount } }

  /// Records the stains of training pixels, or the reason why none were found.
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
