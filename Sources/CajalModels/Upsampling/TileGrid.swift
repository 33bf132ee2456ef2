/// The tiles along one side of a picture, each overlapping the one before it.
struct TileGrid: Equatable {
  /// The first row or column of each tile.
  let starts: [Int]
  /// Rows or columns of a tile.
  let tile: Int
  /// Rows or columns of the picture; it may be smaller than a tile.
  let extent: Int

  /// - Parameters:
  ///   - extent: Rows or columns of the picture.
  ///   - tile: Those of a tile.
  ///   - overlap: Those that a tile has in common with the one before; the last one has as many as
  ///     it takes to end with the picture.
  init(extent: Int, tile: Int, overlap: Int) {
    (self.extent, self.tile) = (extent, tile)
    starts =
      extent <= tile
      ? [0] : Array(stride(from: 0, to: extent - tile, by: tile - overlap)) + [extent - tile]
  }

  /// The end of what tile `index` and those before it cover.
  func end(of index: Int) -> Int { min(extent, starts[index] + tile) }
}
