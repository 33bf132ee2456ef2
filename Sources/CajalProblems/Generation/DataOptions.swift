import CajalSupport
public import CajalImages

/// Options for generating data from pictures.
public struct DataOptions: Sendable, Hashable {
  /// How to treat an existing data set in the directory.
  public enum Existing: Sendable, Hashable {
    /// Reuse it if it was made from the same pictures in the same way, otherwise throw.
    case reuse
    /// Replace it. A directory that contains anything but a data set is never replaced.
    case replace
  }

  /// The kind of split.
  public enum Split: Sendable, Hashable {
    /// Whole sections.
    case sections
    /// The lowest rows of every picture, apart from the rest by a tile's height; for data of a
    /// single section. Held-out pixels then come from a training section, though not from next to
    /// training pixels.
    case area
  }

  /// The kind of split.
  public var split: Split
  /// The evaluation sections: names, or patterns with `*`, `?` and `[…]`. When `nil`, they are
  /// drawn; see ``evaluationFraction``. Characters match by canonical equivalence.
  public var evaluationSections: [String]?
  /// The sections whose pictures are not used: names or patterns like those of
  /// ``evaluationSections``.
  public var excludedSections: [String]
  /// The fraction of sections drawn for evaluation, at least one unless it is 0; for a split by
  /// area, the fraction of a picture's tiles to hold out, at least one row.
  public var evaluationFraction: Double
  /// The seed of the choice of sections and of the shuffle of tiles.
  public var seed: UInt64
  /// The number of training shards, at most one per tile.
  public var trainingShardCount: Int
  /// The number of evaluation shards, at most one per tile.
  public var evaluationShardCount: Int
  /// The encoding of tiles.
  public var tileFormat: TileFormat
  /// Whether unreadable pictures are skipped and listed in the summary instead of throwing an
  /// error.
  public var skipsUnreadable: Bool
  /// How to treat an existing data set in the directory.
  public var existing: Existing
  /// The largest pictures to decode.
  public var imageLimits: ImageLimits
  /// The value of white in 16-bit pictures, such as 4095 for a 12-bit camera: values from 0 to it
  /// become 0 to 255 in the tiles. `nil` is 65535, unless the pictures turn out to use a small part
  /// of that range, which is then an error. Pictures of 8 bits stay as they are.
  public var whiteLevel: Int?
  /// The resolution of the tiles, the side of a pixel in micrometers; `nil` leaves pictures as they
  /// are. Pictures that are finer are averaged, after the conversion to 8 bits, with rounded means:
  /// where a list says their resolution and the factor is 1.5 or more, in whole blocks of the rounded
  /// factor; where the file says it and the factor is over 1.02, over areas of exactly that factor.
  /// Others, and those of unknown resolution, stay as they are; ``DataSummary/resolutions`` lists
  /// all.
  public var micronsPerPixel: Double?
  /// The page of TIFF files of several, from 0; smaller copies of pages are not counted.
  public var page: Int
  /// The level of the pictures' pyramids, from 0 for the full resolution.
  public var level: Int
  /// The part of each picture to use, in pixels of the level; `nil` is all of it, or its crop.
  public var region: PixelRegion?

  /// About 5 % of the sections for evaluation, ten training shards and one for evaluation.
  public init(
    evaluationSections: [String]? = nil, evaluationFraction: Double = 0.05, seed: UInt64 = 0,
    trainingShardCount: Int = 10, evaluationShardCount: Int = 1, tileFormat: TileFormat = .png,
    skipsUnreadable: Bool = false, existing: Existing = .reuse,
    imageLimits: ImageLimits = .default, whiteLevel: Int? = nil, split: Split = .sections,
    excludedSections: [String] = [], micronsPerPixel: Double? = nil, level: Int = 0,
    region: PixelRegion? = nil, page: Int = 0
  ) {
    require(page >= 0 && level >= 0, "Pages and levels are counted from 0.")
    (self.page, self.level, self.region) = (page, level, region)
    require(
      (0..<1).contains(evaluationFraction),
      "a fraction of the sections is in 0 ..< 1, not \(evaluationFraction)")
    require(
      trainingShardCount > 0 && evaluationShardCount > 0 && trainingShardCount <= 99_999
        && evaluationShardCount <= 99_999, "a set of shards has 1 to 99999 files")
    self.split = split
    require(
      whiteLevel.map { (1...65535).contains($0) } ?? true, "A white level is in 1...65535.")
    require(
      micronsPerPixel.map { $0 > 0 && $0.isFinite } ?? true, "A resolution is a positive number.")
    self.whiteLevel = whiteLevel
    self.excludedSections = excludedSections
    self.micronsPerPixel = micronsPerPixel
    self.evaluationSections = evaluationSections
    self.evaluationFraction = evaluationFraction
    self.seed = seed
    self.trainingShardCount = trainingShardCount
    self.evaluationShardCount = evaluationShardCount
    self.tileFormat = tileFormat
    self.skipsUnreadable = skipsUnreadable
    self.existing = existing
    self.imageLimits = imageLimits
  }
}
