import CajalLayers

/// The earlier sub-pixels that a decoder embeds at each position: the preceding one and, if
/// requested, its neighbors in the plane that are already decoded.
struct NeighborEmbeddings: Sendable {
  /// For each table, the position of the sequence whose value is embedded at each position; -1 for
  /// none.
  let sources: [[Int32]]

  /// Rows and columns of the plane from a sub-pixel to its neighbors.
  static func offsets(channels: Int) -> [(row: Int, column: Int)] {
    [(0, -channels), (-1, 0), (-1, -channels), (-1, channels)]
  }

  /// The predecessors by `shift`, then `count` neighbors.
  init(
    order: SequenceOrder, predecessors: [Int32], channels: Int, neighbors count: Int
  ) {
    let inverse = order.inverse
    let neighbors = Self.offsets(channels: channels).prefix(count).map { offset in
      order.planePositions.enumerated().map { position, plane -> Int32 in
        let row = plane / order.columns + offset.row
        let column = plane % order.columns + offset.column
        guard row >= 0, column >= 0, column < order.columns else { return -1 }
        let source = inverse[row * order.columns + column]
        return source < position ? Int32(source) : -1
      }
    }
    sources = [predecessors] + neighbors
  }

  /// The position before each one in the decoding order, -1 for the first.
  static func decodeOrderPredecessors(_ order: SequenceOrder) -> [Int32] {
    (0..<order.count).map { Int32($0 - 1) }
  }

  /// The position before each one in its query block's raster, -1 at a block's start and after the
  /// padding of a block that the plane's edge cuts off: tensor2tensor shifts every padded block by
  /// itself.
  static func blockPredecessors(_ order: SequenceOrder, block: BlockShape) -> [Int32] {
    let inverse = order.inverse
    return order.planePositions.map { plane in
      let (row, column) = (plane / order.columns, plane % order.columns)
      if column % block.columns > 0 { return Int32(inverse[plane - 1]) }
      let end = column + block.columns
      guard row % block.rows > 0, end <= order.columns else { return -1 }
      return Int32(inverse[(row - 1) * order.columns + end - 1])
    }
  }
}
