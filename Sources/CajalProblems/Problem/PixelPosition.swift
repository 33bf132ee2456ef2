/// A place in a picture: column and row of a pixel, counted from the top left.
public struct PixelPosition: Sendable, Hashable, Codable {
  /// The column.
  public let x: Int
  /// The row.
  public let y: Int

  /// The pixel in column `x` of row `y`.
  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}
