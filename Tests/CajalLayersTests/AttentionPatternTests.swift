import CajalLayers
import CajalTensor
import Testing

/// Every pattern against its definition in words, pair by pair, on small planes.
@Suite struct AttentionPatternTests {
  static let planes = [(1, 1), (3, 5), (4, 6), (8, 24), (5, 7)]

  @Test(arguments: planes) func global(rows: Int, columns: Int) {
    check(.global, rows, columns) { _, _ in true }
  }

  @Test(arguments: planes) func causal(rows: Int, columns: Int) {
    check(.causal, rows, columns) { query, key in key <= query }
  }

  @Test(arguments: planes, [1, 3, 7, 16, 50]) func local1D(plane: (Int, Int), length: Int) {
    let count = plane.0 * plane.1
    check(.local1D(blockLength: length), plane.0, plane.1) { query, key in
      key <= query && (count < 2 * length || query / length - key / length <= 1)
    }
  }

  @Test(arguments: planes, [1, 4, 9]) func localBlock(plane: (Int, Int), length: Int) {
    check(.localBlock(blockLength: length), plane.0, plane.1) { query, key in
      key <= query && query / length == key / length
    }
  }

  @Test(arguments: planes, [(4, 3), (4, 4), (4, 0), (3, 8)])
  func local1DNoncausal(plane: (Int, Int), block: (Int, Int)) {
    let (length, width) = block
    let pattern = AttentionPattern.local1DNoncausal(blockLength: length, blockWidth: width)
    check(pattern, plane.0, plane.1) { query, key in
      let start = query / length * length
      // One block too far to the left where the width is a multiple of the length.
      let shift = width % length == 0 ? length : 0
      return key >= start - width - shift && key < start + length + width - shift
    }
  }

  @Test(arguments: planes) func dilated(rows: Int, columns: Int) {
    let pattern = AttentionPattern.dilated(blockLength: 4, blockWidth: 3, gap: 2, memoryBlocks: 2)
    check(pattern, rows, columns) { query, key in
      let start = query / 4 * 4
      let windows = (1...2).contains { (start - 5 * $0..<(start - 5 * $0 + 3)).contains(key) }
      return windows || (key >= start && key <= query)
    }
  }

  @Test(arguments: planes, [(2, 3, 1, 2), (4, 4, 4, 8), (3, 2, 0, 2), (2, 4, 3, 0), (5, 7, 2, 3)])
  func local2D(plane: (Int, Int), shape: (Int, Int, Int, Int)) {
    let block = BlockShape(rows: shape.0, columns: shape.1)
    let flange = BlockShape(rows: shape.2, columns: shape.3)
    let columns = plane.1
    check(.local2D(block: block, flange: flange), plane.0, columns) { query, key in
      let (row, column) = (key / columns, key % columns)
      let top = query / columns / block.rows * block.rows
      let left = query % columns / block.columns * block.columns
      let isAbove =
        (top - flange.rows..<top).contains(row)
        && (left - flange.columns..<left + block.columns + flange.columns).contains(column)
      let isLeft =
        (top..<top + block.rows).contains(row) && (left - flange.columns..<left).contains(column)
      let isOwn =
        (top..<top + block.rows).contains(row)
        && (left..<left + block.columns).contains(column) && key <= query
      return isAbove || isLeft || isOwn
    }
  }

  @Test(arguments: planes, [(2, 3, 1, 2), (4, 4, 4, 4), (3, 2, 0, 0)])
  func local2DNoncausal(plane: (Int, Int), shape: (Int, Int, Int, Int)) {
    let block = BlockShape(rows: shape.0, columns: shape.1)
    let flange = BlockShape(rows: shape.2, columns: shape.3)
    let columns = plane.1
    check(.local2DNoncausal(block: block, flange: flange), plane.0, columns) { query, key in
      let top = query / columns / block.rows * block.rows
      let left = query % columns / block.columns * block.columns
      return (top - flange.rows..<top + block.rows + flange.rows).contains(key / columns)
        && (left - flange.columns..<left + block.columns + flange.columns).contains(key % columns)
    }
  }

  /// A block that the right edge cuts off: what is missing before a position takes part as zeros.
  @Test func paddingTakesPart() {
    let pattern = AttentionPattern.local2D(
      block: BlockShape(rows: 2, columns: 4), flange: BlockShape(rows: 0, columns: 0))
    let order = pattern.order(rows: 2, columns: 6)
    let plan = pattern.plan(for: order)
    #expect(order.planePositions == [0, 1, 2, 3, 6, 7, 8, 9, 4, 5, 10, 11])
    #expect(plan.paddingKeyCounts == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2])
  }

  /// The definition in terms of plane positions, against the plan in terms of the pattern's own
  /// order.
  private func check(
    _ pattern: AttentionPattern, _ rows: Int, _ columns: Int, _ sees: (Int, Int) -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let order = pattern.order(rows: rows, columns: columns)
    let plan = pattern.plan(for: order)
    #expect(order.planePositions.sorted() == Array(0..<(rows * columns)))
    var pairs = 0
    for (query, queryPlace) in order.planePositions.enumerated() {
      for (key, keyPlace) in order.planePositions.enumerated() {
        let expected = sees(queryPlace, keyPlace)
        pairs += expected ? 1 : 0
        if plan.attends(query: query, to: key) != expected {
          Issue.record(
            "query \(queryPlace), key \(keyPlace): expected \(expected)",
            sourceLocation: sourceLocation)
          return
        }
      }
    }
    #expect(plan.visiblePairs == pairs, sourceLocation: sourceLocation)
  }
}
