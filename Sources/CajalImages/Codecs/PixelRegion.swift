import CajalSupport

/// A rectangle of pixels of an upright picture.
public struct PixelRegion: Sendable, Hashable {
  /// The first column and the first row.
  public let left: Int, top: Int
  /// The numbers of columns and rows.
  public let width: Int, height: Int

  /// Columns `left ..< left + width` of rows `top ..< top + height`.
  ///
  /// Traps unless the corner is zero or positive and the sides are positive.
  public init(left: Int, top: Int, width: Int, height: Int) {
    require(
      left >= 0 && top >= 0 && width > 0 && height > 0,
      "A region starts at column and row 0 or later and has at least one of each.")
    (self.left, self.top, self.width, self.height) = (left, top, width, height)
  }

  /// Throws unless it lies in a picture of a size.
  func check(width: Int, height: Int, name: String) throws(ImageError) {
    guard left < width, top < height, self.width <= width - left, self.height <= height - top
    else {
      throw ImageError(
        .unreadable, name: name,
        reason: "the region \(left),\(top),\(self.width),\(self.height) does not lie in its "
          + "\(width) × \(height) pixels")
    }
  }

  /// The rectangle of the stored pixels, of which a transform makes these in an upright picture of a
  /// size.
  func stored(
    by turn: DihedralTransform, storedWidth: Int, storedHeight: Int
  ) -> PixelRegion {
    let (maxX, maxY) = (storedWidth - 1, storedHeight - 1)
    let one = turn.source(x: left, y: top, maxX: maxX, maxY: maxY)
    let other = turn.source(x: left + width - 1, y: top + height - 1, maxX: maxX, maxY: maxY)
    return PixelRegion(
      left: min(one.x, other.x), top: min(one.y, other.y), width: abs(one.x - other.x) + 1,
      height: abs(one.y - other.y) + 1)
  }
}
