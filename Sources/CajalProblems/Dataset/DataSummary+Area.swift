extension DataSummary {
  /// How one picture is split by area: which of its rows train and which are held out.
  ///
  /// Between the two at least one tile's height is in neither, so that no held-out tile touches
  /// pixels of a training tile.
  public struct Area: Sendable, Hashable, Codable {
    /// The picture's name.
    public internal(set) var picture: String
    /// Rows of the part that counts, from the top down, that end above this one train.
    public internal(set) var trainingEnd: Int
    /// Rows of the part that counts that are held out begin with this one.
    public internal(set) var evaluationStart: Int
    /// How many tiles between the two are in neither.
    public internal(set) var droppedTileCount: Int
  }
}
