/// How TIFF files are written.
public struct TIFFOptions: Sendable, Hashable {
  /// The compression of tiles.
  public enum Compression: Sendable, Hashable {
    /// Deflate with differences of neighbors, without loss.
    case deflate
    /// JPEG at the writer's quality, for 8 bits without alpha.
    case jpeg
  }

  /// The compression of tiles.
  public var compression: Compression
  /// Whether smaller copies, each of half the columns and rows of the one before, are written too,
  /// down to one of a single tile: viewers need them to show large pictures.
  public var isPyramid: Bool
  /// Whether the file is a BigTIFF even if 4 GiB are enough; larger ones always are.
  package var isAlwaysBig = false

  /// Options; by default a pyramid without loss.
  public init(compression: Compression = .deflate, isPyramid: Bool = true) {
    self.compression = compression
    self.isPyramid = isPyramid
  }
}
