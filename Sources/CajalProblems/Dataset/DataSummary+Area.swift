extension DataSummary {
  /// The split of a picture by area into training rows and held-out rows.
  ///
  /// A gap of at least one tile's height is unused, so that no held-out tile touches pixels of a
  /// training tile.
  public struct Area: Sendable, Hashable, Codable {
    /// The picture's name.
    public internal(set) var picture: String
    /// Rows of the part in use, from the top down, that end above this one are for training.
    public internal(set) var trainingEnd: Int
    /// The first held-out row of the part in use.
    public internal(set) var evaluationStart: Int
    /// The number of tiles between the two, which are unused.
    public internal(set) var droppedTileCount: Int
  }
}
