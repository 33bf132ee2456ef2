/// The progress of data generation.
public struct DataProgress: Sendable, Hashable {
  /// Finished pictures.
  public let pictures: Int
  /// All the pictures.
  public let pictureCount: Int
  /// Tiles kept so far.
  public let tiles: Int
}
