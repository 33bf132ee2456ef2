import CajalTensor

/// How far something that is computed from a picture sees along one of its sides: what has to be
/// known to compute a part of the picture by itself, to the bits of the whole.
///
/// Bits depend on more than values do: a convolution of 3 × 3 sees one row on each side, but where
/// it is computed in tiles the rounding of a tile's results depends on all rows that the tile reads.
struct Reach: Equatable {
  /// The rows or columns that are needed on each side of a part, beside those to the next multiple
  /// of ``alignment``.
  let distance: Int
  /// Parts with what is around them begin and end at multiples of this, where not at the edge of the
  /// picture.
  let alignment: Int

  /// The reach of convolutions of 3 × 3 one after the other.
  static func convolutions(_ count: Int) -> Reach {
    let tile = ConvolutionGeometry.tile
    return Reach(distance: tile * count, alignment: tile)
  }

  /// The reach of one computation after the other. Each alignment is a multiple of the smaller one.
  static func + (first: Reach, second: Reach) -> Reach {
    Reach(
      distance: first.distance + second.distance,
      alignment: max(first.alignment, second.alignment))
  }

  /// What a part of a side of so many rows or columns depends on.
  func seen(by part: Range<Int>, of extent: Int) -> Range<Int> {
    let first = max(0, part.lowerBound - distance) / alignment * alignment
    let last = (part.upperBound + distance + alignment - 1) / alignment * alignment
    return first..<min(extent, last)
  }
}

/// Where a picture may be divided into blocks of columns.
struct ColumnDivision: Equatable {
  /// How far a block sees to its left and right.
  let reach: Reach
  /// The columns of each block but the last; `nil` where blocks may have any.
  let width: Int?
}

/// A rectangle of a picture.
struct Region: Equatable {
  var rows: Range<Int>, columns: Range<Int>

  /// The same rectangle of a picture `factor` times as large.
  func scaled(by factor: Int) -> Region {
    func scaled(_ range: Range<Int>) -> Range<Int> {
      (range.lowerBound * factor)..<(range.upperBound * factor)
    }
    return Region(rows: scaled(rows), columns: scaled(columns))
  }

  /// The rectangle as seen from the upper left corner of another.
  func relative(to outer: Region) -> Region {
    func shifted(_ range: Range<Int>, _ start: Int) -> Range<Int> {
      (range.lowerBound - start)..<(range.upperBound - start)
    }
    return Region(
      rows: shifted(rows, outer.rows.lowerBound),
      columns: shifted(columns, outer.columns.lowerBound))
  }
}

extension Tensor<Float> {
  /// A rectangle of pictures `[batch, rows, columns, channels]`.
  func sliced(_ region: Region) -> Tensor {
    let rows = region.rows == 0..<shape[1] ? self : sliced(region.rows, axis: 1)
    return region.columns == 0..<shape[2] ? rows : rows.sliced(region.columns, axis: 2)
  }
}

extension Range<Int> {
  /// The range in parts of `size` from its beginning; the last one may be smaller.
  func divided(every size: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: size).map {
      $0..<Swift.min($0 + size, upperBound)
    }
  }
}
