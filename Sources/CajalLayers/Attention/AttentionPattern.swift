public import CajalTensor

/// A self-attention mask as plain data. ``plan(for:)`` compiles it to tiles for a plane.
///
/// A new pattern only needs a list of visible keys; kernels stay unchanged. Definitions follow
/// tensor2tensor's attention of the same name, quirks included.
public enum AttentionPattern: Sendable, Hashable {
  /// Full attention: every query attends to every key.
  case global
  /// Causal attention: a query attends to itself and to all earlier positions.
  case causal
  /// Causal blocks of `blockLength`: a query attends to itself and to earlier positions of its own
  /// and the previous block. A sequence shorter than two blocks is one block.
  case local1D(blockLength: Int)
  /// Blocks of `blockLength`: a query attends to its block and to `blockWidth` positions on both
  /// sides of it.
  ///
  /// Where the width is a multiple of the length the window is one block too far to the left, as it
  /// is in tensor2tensor.
  case local1DNoncausal(blockLength: Int, blockWidth: Int)
  /// Causal blocks of `blockLength`: a query attends to itself and to earlier positions of its
  /// block.
  case localBlock(blockLength: Int)
  /// Causal two-dimensional blocks, decoded one after the other: a query attends to itself and to
  /// earlier positions of its block; to `flange.rows` rows above the block, as wide as the block
  /// and the flange on both sides; and to `flange.columns` columns to the left of the block. Where
  /// the plane's edge cuts a block off, its missing earlier positions are zero-logit padding keys
  /// with value 0.
  case local2D(block: BlockShape, flange: BlockShape)
  /// Two-dimensional blocks: a query attends to its block and a frame around it.
  case local2DNoncausal(block: BlockShape, flange: BlockShape)
  /// Causal blocks of `blockLength`: a query attends to earlier positions of its block and to
  /// `memoryBlocks` further windows of `blockWidth`, each `gap` before the previous one.
  case dilated(blockLength: Int, blockWidth: Int, gap: Int, memoryBlocks: Int)
}

extension AttentionPattern {
  /// The order of the sequence that the pattern decodes in: block-raster for causal 2-D blocks,
  /// else raster.
  public func order(rows: Int, columns: Int) -> SequenceOrder {
    if case .local2D(let block, _) = self {
      return .blockRaster(rows: rows, columns: columns, block: block)
    }
    return .raster(rows: rows, columns: columns)
  }

  /// The plan for a sequence in the pattern's own ``order(rows:columns:)``.
  public func plan(for order: SequenceOrder) -> AttentionPlan {
    let count = order.count
    switch self {
    case .global:
      return AttentionPlan(
        keyCount: count, visibleKeys: [[Range<Int>]](repeating: [0..<count], count: count))
    case .causal: return Self.plan(count) { [0..<($0 + 1)] }
    case .local1D(let length):
      guard count >= 2 * length else { return AttentionPattern.causal.plan(for: order) }
      return Self.plan(count) { [max($0 / length - 1, 0) * length..<($0 + 1)] }
    case .localBlock(let length): return Self.plan(count) { [$0 / length * length..<($0 + 1)] }
    case .local1DNoncausal(let length, let width):
      return Self.plan(count) { query in
        let start = query / length * length
        let window =
          width % length == 0
          ? (start - width - length)..<(start + width) : (start - width)..<(start + length + width)
        return [window.clamped(to: 0..<count)]
      }
    case .dilated(let length, let width, let gap, let memoryBlocks):
      return Self.plan(count) { query in
        let start = query / length * length
        let windows = (0..<memoryBlocks).reversed().map { number in
          let first = start - (gap + width) * (number + 1)
          return (first..<(first + width)).clamped(to: 0..<count)
        }
        return windows + [start..<(query + 1)]
      }
    case .local2D(let block, let flange):
      return Self.local2DPlan(order, block: block, flange: flange)
    case .local2DNoncausal(let block, let flange):
      return Self.plan(count) { query in
        let top = query / order.columns / block.rows * block.rows
        let left = query % order.columns / block.columns * block.columns
        let rows = max(top - flange.rows, 0)..<min(top + block.rows + flange.rows, order.rows)
        let columns =
          max(left - flange.columns, 0)..<min(left + block.columns + flange.columns, order.columns)
        return rows.map { row in
          (row * order.columns + columns.lowerBound)..<(row * order.columns + columns.upperBound)
        }
      }
    }
  }

  /// Attention of every query to every key of another sequence.
  public static func crossPlan(queries: Int, keys: Int) -> AttentionPlan {
    AttentionPlan(
      keyCount: keys, visibleKeys: [[Range<Int>]](repeating: [0..<keys], count: queries))
  }

  private static func plan(_ count: Int, _ visible: (Int) -> [Range<Int>]) -> AttentionPlan {
    AttentionPlan(keyCount: count, visibleKeys: (0..<count).map(visible))
  }
}

// MARK: - Causal two-dimensional blocks

extension AttentionPattern {
  private static func local2DPlan(
    _ order: SequenceOrder, block: BlockShape, flange: BlockShape
  ) -> AttentionPlan {
    let inverse = order.inverse
    var visible: [[Range<Int>]] = []
    var paddingCounts: [Int] = []
    for number in 0..<(order.blockStarts.count - 1) {
      let start = order.blockStarts[number]
      let corner = order.planePositions[start]
      let (top, left) = (corner / order.columns, corner % order.columns)
      let memory = memoryRanges(
        order, inverse, top: top, left: left, block: block, flange: flange)
      let width = min(block.columns, order.columns - left)
      for position in start..<order.blockStarts[number + 1] {
        let own = start..<(position + 1)
        if let last = memory.last, last.upperBound == start {
          visible.append(memory.dropLast() + [last.lowerBound..<own.upperBound])
        } else {
          visible.append(memory + [own])
        }
        // Rows of the block above this one, each short of the block's full width.
        paddingCounts.append((position - start) / width * (block.columns - width))
      }
    }
    return AttentionPlan(
      keyCount: order.count, visibleKeys: visible, paddingKeyCounts: paddingCounts)
  }

  /// The keys outside the block at (`top`, `left`) that its queries attend to, as runs of the
  /// sequence.
  private static func memoryRanges(
    _ order: SequenceOrder, _ inverse: [Int], top: Int, left: Int, block: BlockShape,
    flange: BlockShape
  ) -> [Range<Int>] {
    var positions: [Int] = []
    func add(rows: Range<Int>, columns: Range<Int>) {
      for row in rows.clamped(to: 0..<order.rows) {
        for column in columns.clamped(to: 0..<order.columns) {
          positions.append(inverse[row * order.columns + column])
        }
      }
    }
    add(
      rows: (top - flange.rows)..<top,
      columns: (left - flange.columns)..<(left + block.columns + flange.columns))
    add(rows: top..<(top + block.rows), columns: (left - flange.columns)..<left)
    return runs(of: positions.sorted())
  }

  private static func runs(of ascending: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for position in ascending {
      if let last = runs.last, last.upperBound == position {
        runs[runs.count - 1] = last.lowerBound..<(position + 1)
      } else {
        runs.append(position..<(position + 1))
      }
    }
    return runs
  }
}
