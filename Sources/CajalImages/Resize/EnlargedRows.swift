import CajalSupport

/// Enlarges a plane of one channel by a filter, row by row: rows are appended as they become known,
/// and rows of the result are taken from top to bottom.
package struct EnlargedRows {
  private let width: Int, height: Int
  private let enlargedWidth: Int, enlargedHeight: Int
  private var strip: [UInt8] = []
  private var firstRow = 0
  private var nextRow = 0

  /// A plane of no rows yet.
  ///
  /// - Parameters:
  ///   - width: The columns of the plane.
  ///   - height: The rows that it will have.
  ///   - enlarged: The columns and rows of the result.
  package init(width: Int, height: Int, enlarged: (width: Int, height: Int)) {
    require(
      enlarged.width >= width && enlarged.height >= height, "A plane is enlarged, not made smaller."
    )
    (self.width, self.height) = (width, height)
    (enlargedWidth, enlargedHeight) = enlarged
  }

  /// Says, before any are appended, that the rows before one will not be.
  package mutating func skipRows(before row: Int) { firstRow = row }

  /// Says, before any are taken, that the rows of the result before one will not be.
  package mutating func skipEnlargedRows(before row: Int) { nextRow = row }

  /// Appends rows.
  package mutating func append(_ rows: [UInt8]) { strip += rows }

  /// The next rows of the result, enlarged bicubically and rounded; edges are repeated outwards.
  ///
  /// Traps unless the rows that they depend on are there: those up to two rows further down.
  package mutating func take(_ rows: Int) -> [UInt8] {
    let image = Image(
      width: width, height: strip.count / width, channels: 1, pixels: strip)
    let values = image.resampledRegion(
      rows: nextRow..<(nextRow + rows), columns: 0..<enlargedWidth, width: enlargedWidth,
      height: enlargedHeight, filter: .bicubicRepeatingEdges, of: (firstRow, height))
    nextRow += rows
    // What later rows may depend on stays.
    let needed = min(firstRow + image.height, max(0, nextRow * height / enlargedHeight - 3))
    if needed > firstRow {
      strip.removeFirst((needed - firstRow) * width)
      firstRow = needed
    }
    return values.map { UInt8(max(0, min(255, $0.rounded(.toNearestOrEven)))) }
  }
}
