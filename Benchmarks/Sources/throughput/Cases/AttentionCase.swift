import Cajal

/// The shapes of one attention, named by them.
struct AttentionCase {
  /// Such as `local2d_b4_h4_q3072_d32`.
  let name: String
  /// Pictures, heads, and the width of a head.
  let batch: Int, heads: Int, width: Int
  /// The block-sparse attention mask. Made on demand, because it is slow to make.
  let makePlan: @Sendable () -> AttentionPlan

  /// The case of the forward pass.
  var forwardName: String { name + "_forward" }
  /// The case of the forward and the backward pass together.
  var backwardName: String { name + "_backward" }

  /// Self-attention over a sequence, a plane of one row where `rows` is not given.
  private init(
    _ label: String, _ pattern: AttentionPattern, batch: Int, heads: Int, rows: Int = 1,
    columns: Int, width: Int
  ) {
    name = "\(label)_b\(batch)_h\(heads)_q\(rows * columns)_d\(width)"
    (self.batch, self.heads, self.width) = (batch, heads, width)
    makePlan = { pattern.plan(for: pattern.order(rows: rows, columns: columns)) }
  }

  /// Attention of 3072 sub-pixels to the 192 of the input.
  private init(encoderDecoder batch: Int, heads: Int, width: Int) {
    name = "encdec_b\(batch)_h\(heads)_q3072_k192_d\(width)"
    (self.batch, self.heads, self.width) = (batch, heads, width)
    makePlan = { AttentionPattern.crossPlan(queries: 3072, keys: 192) }
  }

  /// tensor2tensor's blocks of 16 × 16 that see 16 rows above and 32 columns on either side, over
  /// 32 rows of 32 pixels of three channels.
  private static func local2D(batch: Int, heads: Int, width: Int) -> AttentionCase {
    AttentionCase(
      "local2d", local2DPattern, batch: batch, heads: heads, rows: 32, columns: 96, width: width)
  }

  private static func causal(batch: Int, heads: Int, width: Int) -> AttentionCase {
    AttentionCase(
      "causal", .causal, batch: batch, heads: heads, columns: 3072, width: width)
  }

  private static let local2DPattern = AttentionPattern.local2D(
    block: BlockShape(rows: 16, columns: 16), flange: BlockShape(rows: 16, columns: 32))
}

extension AttentionCase {
  /// The shapes of the tiny and the base model.
  static let model: [AttentionCase] = [
    local2D(batch: 4, heads: 4, width: 32),
    causal(batch: 4, heads: 4, width: 32),
    AttentionCase(encoderDecoder: 4, heads: 4, width: 32),
    AttentionCase("enc", .global, batch: 4, heads: 4, columns: 192, width: 32),
    local2D(batch: 4, heads: 8, width: 64),
    causal(batch: 4, heads: 8, width: 64),
    AttentionCase(encoderDecoder: 4, heads: 8, width: 64),
    local2D(batch: 1, heads: 8, width: 64),
  ]

  /// What happens with growing lengths and widths, and every pattern.
  static var sweeps: [AttentionCase] {
    let lengths = [256, 512, 1024, 2048, 4096, 8192, 12288].flatMap { length in
      [
        AttentionCase("causal", .causal, batch: 1, heads: 4, columns: length, width: 32),
        AttentionCase(
          "local1d", .local1D(blockLength: 256), batch: 1, heads: 4, columns: length, width: 32),
      ]
    }
    let widths = [16, 32, 64, 128].map { local2D(batch: 1, heads: 4, width: $0) }
    return lengths + widths + patterns
  }

  /// The patterns that the other sweeps lack, over 3072 sub-pixels.
  private static var patterns: [AttentionCase] {
    let block = BlockShape(rows: 16, columns: 16)
    let patterns: [(String, AttentionPattern)] = [
      ("global", .global), ("causal", .causal), ("local1d", .local1D(blockLength: 256)),
      ("local1d_noncausal", .local1DNoncausal(blockLength: 256, blockWidth: 128)),
      ("local_block", .localBlock(blockLength: 256)),
      (
        "local2d_noncausal",
        .local2DNoncausal(block: block, flange: BlockShape(rows: 16, columns: 32))
      ),
      ("dilated", .dilated(blockLength: 128, blockWidth: 128, gap: 16, memoryBlocks: 2)),
    ]
    return patterns.map { label, pattern in
      AttentionCase(label, pattern, batch: 1, heads: 4, rows: 32, columns: 96, width: 32)
    }
  }
}
