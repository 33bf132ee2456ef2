import CajalImages

/// The result of cutting one picture; its tiles are in the spool.
struct PictureTiles: Sendable {
  var picture: Picture
  var fingerprint: Picture.Fingerprint
  /// The number of tiles cut.
  var tileCount = 0
  /// The tiles that were kept, from the top down.
  var bands: [Band] = []
  /// The side of a pixel of the tiles in micrometers, if known.
  var micronsPerPixel: Double?
  /// The range used by a 16-bit file.
  var usedRange: UsedRange?
  /// The reason why the picture has no tiles at all.
  var skip: String?
  /// The shorter side of a picture that is smaller than a tile.
  var shortSide: Int?

  /// Tiles at the same height of a picture.
  struct Band: Sendable {
    /// The first row.
    var top: Int
    /// The ranges of the kept tiles' records in the spool.
    var kept: [Range<Int>] = []
    var statistics: ChannelStatistics
    /// Sampled pixels of the kept tiles, for finding stains.
    var sample: [UInt8] = []
  }

  /// The number of tiles kept.
  var keptCount: Int { bands.reduce(0) { $0 + $1.kept.count } }
}
