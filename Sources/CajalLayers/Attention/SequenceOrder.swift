/// The order in which the sub-pixels of a plane are laid out in a sequence, which is also the order
/// in which they are decoded.
///
/// Everything but self-attention is position-wise, so a model may keep its sequence in the order
/// that suits attention best: in block-raster order the surroundings of a 2-D block are a few
/// contiguous runs.
public struct SequenceOrder: Sendable, Hashable {
  /// Rows and columns of the plane.
  public let rows: Int, columns: Int
  /// The plane position (row · columns + column) of each position of the sequence.
  public let planePositions: [Int]
  /// The start of each block in the sequence, and the end; one block for a raster.
  public let blockStarts: [Int]

  /// Left to right, top to bottom.
  public static func raster(rows: Int, columns: Int) -> SequenceOrder {
    SequenceOrder(
      rows: rows, columns: columns, planePositions: Array(0..<(rows * columns)),
      blockStarts: [0, rows * columns])
  }

  /// Block by block, left to right and top to bottom; a raster in each block. Blocks at the right
  /// and bottom edges are smaller where the block does not divide the plane.
  public static func blockRaster(rows: Int, columns: Int, block: BlockShape) -> SequenceOrder {
    var positions: [Int] = []
    var starts = [0]
    for top in stride(from: 0, to: rows, by: block.rows) {
      for left in stride(from: 0, to: columns, by: block.columns) {
        for row in top..<min(top + block.rows, rows) {
          for column in left..<min(left + block.columns, columns) {
            positions.append(row * columns + column)
          }
        }
        starts.append(positions.count)
      }
    }
    return SequenceOrder(
      rows: rows, columns: columns, planePositions: positions, blockStarts: starts)
  }

  /// The number of positions.
  public var count: Int { planePositions.count }

  /// The position in the sequence of each plane position.
  public var inverse: [Int] {
    var inverse = [Int](repeating: 0, count: count)
    for (position, plane) in planePositions.enumerated() { inverse[plane] = position }
    return inverse
  }
}

extension SequenceOrder: CustomStringConvertible, CustomReflectable {
  /// The size of the plane and the number of its blocks.
  public var description: String {
    "order of \(rows) × \(columns) positions in \(blockStarts.count - 1) blocks"
  }

  /// No children: the list of all positions is long.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
