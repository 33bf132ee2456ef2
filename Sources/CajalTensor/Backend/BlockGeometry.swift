import CajalSupport

/// Pictures `[images, rows · factor, columns · factor, channels]` as blocks of `factor` × `factor`
/// positions.
package struct BlockGeometry: Sendable, Hashable {
  /// The number of pictures, and the rows and columns of blocks in each.
  package let images: Int, rows: Int, columns: Int
  /// Channels of a position.
  package let channels: Int
  /// Rows and columns of a block.
  package let factor: Int

  /// A geometry; traps for a factor below 1.
  package init(images: Int, rows: Int, columns: Int, channels: Int, factor: Int) {
    require(factor > 0, "a block has at least one position a side, not \(factor)")
    self.images = images
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.factor = factor
  }
}
