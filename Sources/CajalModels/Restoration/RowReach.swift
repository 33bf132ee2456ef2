import CajalTensor

/// How far something that is computed from a picture sees along its rows: what has to be known to
/// compute a band of rows by itself, to the bits of the whole picture.
///
/// Bits depend on more than values do: a convolution of 3 × 3 sees one row on each side, but where
/// it is computed in tiles the rounding of a tile's results depends on all rows that the tile reads.
struct RowReach: Equatable {
  /// The rows that are needed on each side of a band, beside those to the next multiple of
  /// ``alignment``.
  let rows: Int
  /// Bands and the rows around them begin and end at multiples of this, where not at the edge of the
  /// picture.
  let alignment: Int

  /// The reach of convolutions of 3 × 3 one after the other.
  static func convolutions(_ count: Int) -> RowReach {
    let tile = ConvolutionGeometry.tile
    return RowReach(rows: tile * count, alignment: tile)
  }

  /// The reach of one computation after the other. Each alignment is a multiple of the smaller one.
  static func + (first: RowReach, second: RowReach) -> RowReach {
    RowReach(rows: first.rows + second.rows, alignment: max(first.alignment, second.alignment))
  }
}

/// A band of rows of a picture, and what is computed for it.
struct RowBand: Equatable {
  /// The rows that the band is for.
  let rows: Range<Int>
  /// These rows and those around them that they depend on.
  let seen: Range<Int>

  /// The bands of a picture of so many rows, from top to bottom.
  ///
  /// - Parameters:
  ///   - height: The rows of the picture.
  ///   - rowsPerBand: The rows that a band is for.
  ///   - reach: How far what is computed sees; `nil` for the whole picture.
  static func bands(height: Int, rowsPerBand: Int, reach: RowReach?) -> [RowBand] {
    stride(from: 0, to: height, by: rowsPerBand).map { start in
      let rows = start..<min(start + rowsPerBand, height)
      guard let reach else { return RowBand(rows: rows, seen: 0..<height) }
      let alignment = reach.alignment
      let first = max(0, rows.lowerBound - reach.rows) / alignment * alignment
      let last = (rows.upperBound + reach.rows + alignment - 1) / alignment * alignment
      return RowBand(rows: rows, seen: first..<min(height, last))
    }
  }
}
