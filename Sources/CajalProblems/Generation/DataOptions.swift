import CajalFiles
public import CajalImages

/// How data are made from pictures, beyond what the problem itself decides.
public struct DataOptions: Sendable, Hashable {
  /// What to do where the directory holds a data set already.
  public enum Existing: Sendable, Hashable {
    /// Take it if it was made from the same pictures in the same way, throw if not.
    case reuse
    /// Make it again. A directory that holds anything else than a data set is never replaced.
    case replace
  }

  /// What is held out for evaluation.
  public enum Split: Sendable, Hashable {
    /// Whole sections.
    case sections
    /// The lowest rows of every picture, apart from the rest by a tile's height; for data of a
    /// single section. Held-out pixels are then of the section that trains, though not next to
    /// pixels that do.
    case area
  }

  /// What is held out for evaluation.
  public var split: Split
  /// The sections that are for evaluation alone: names, or patterns with `*`, `?` and `[…]`. When `nil`, they are
  /// drawn; see ``evaluationFraction``. Characters match whether they are composed or not.
  public var evaluationSections: [String]?
  /// How many of the sections are drawn for evaluation, as a fraction, at least one unless it is 0;
  /// split by area, the share of a picture's tiles that is held out, at least one row.
  public var evaluationFraction: Double
  /// Decides which sections are drawn and how tiles are shuffled across the shards.
  public var seed: UInt64
  /// How many files the training tiles are spread over, at most one for each tile.
  public var trainingShardCount: Int
  /// How many files the evaluation tiles are spread over, at most one for each tile.
  public var evaluationShardCount: Int
  /// How the tiles are encoded.
  public var tileFormat: TileFormat
  /// Whether pictures that cannot be read are left out and listed in the summary, rather than an error.
  public var skipsUnreadable: Bool
  /// What to do where the directory holds a data set already.
  public var existing: Existing
  /// The largest pictures to decode.
  public var imageLimits: ImageLimits
  /// The value of white in 16-bit pictures, such as 4095 for a 12-bit camera: values from 0 to it
  /// become 0 to 255 in the tiles. `nil` is 65535, unless the pictures turn out to use a small part
  /// of that range, which is then an error. Pictures of 8 bits stay as they are.
  public var whiteLevel: Int?

  /// About 5 % of the sections for evaluation, ten training shards and one for evaluation.
  public init(
    evaluationSections: [String]? = nil, evaluationFraction: Double = 0.05, seed: UInt64 = 0,
    trainingShardCount: Int = 10, evaluationShardCount: Int = 1, tileFormat: TileFormat = .png,
    skipsUnreadable: Bool = false, existing: Existing = .reuse,
    imageLimits: ImageLimits = .default, whiteLevel: Int? = nil, split: Split = .sections
  ) {
    require(
      (0..<1).contains(evaluationFraction),
      "a fraction of the sections is in 0 ..< 1, not \(evaluationFraction)")
    require(
      trainingShardCount > 0 && evaluationShardCount > 0 && trainingShardCount <= 99_999
        && evaluationShardCount <= 99_999, "a set of shards has 1 to 99999 files")
    self.split = split
    require(
      whiteLevel.map { (1...65535).contains($0) } ?? true, "A white level is in 1...65535.")
    self.whiteLevel = whiteLevel
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

/// How the shards hold a tile.
public enum TileFormat: Sendable, Hashable {
  /// Without loss.
  case png
  /// Smaller, with losses; the quality is 1 to 100, libjpeg's scale.
  case jpeg(quality: Int)

  /// The name in a record's `image/format`.
  var name: String {
    switch self {
    case .png: "png"
    case .jpeg: "jpeg"
    }
  }

  /// The bytes of a file of this format.
  func encode(_ tile: Image) throws(ImageError) -> [UInt8] {
    switch self {
    case .png: try tile.pngData()
    case .jpeg(let quality): try tile.jpegData(quality: quality)
    }
  }
}

extension TileFormat: LosslessStringConvertible {
  /// The format as options spell it: `png` or `jpeg:90`.
  public var description: String {
    switch self {
    case .png: "png"
    case .jpeg(let quality): "jpeg:\(quality)"
    }
  }

  /// The format with the given spelling, or `nil`; `jpeg` alone has quality 90.
  public init?(_ description: String) {
    switch description.split(separator: ":", omittingEmptySubsequences: false).map(String.init) {
    case ["png"]: self = .png
    case ["jpeg"]: self = .jpeg(quality: 90)
    case let parts where parts.count == 2 && parts[0] == "jpeg":
      guard let quality = Int(parts[1]), (1...100).contains(quality) else { return nil }
      self = .jpeg(quality: quality)
    default: return nil
    }
  }
}

/// How far the making of data has come.
public struct DataProgress: Sendable, Hashable {
  /// Pictures that have been cut to the end.
  public let pictures: Int
  /// All the pictures.
  public let pictureCount: Int
  /// Tiles kept so far.
  public let tiles: Int
}
