import CajalAutodiff
public import CajalTensor

extension OperationCase {
  /// Attention with every kind of plan, at head widths around those of the vectors.
  static var attention: [OperationCase] {
    let widths = [1, 3, 5, 16, 32, 33, 64]
    let everyWidth = [
      ("causal 7", causal(7)), ("random 9 × 11", random(9, 11, hasPaddingKeys: false)),
      ("padding keys 9 × 11", random(9, 11, hasPaddingKeys: true)), ("causal 65", causal(65)),
      ("random 70 × 130", random(70, 130, hasPaddingKeys: true)),
    ]
    let oneWidth = [
      ("global 5 × 7", global(5, 7)), ("global 64 × 64", global(64, 64)),
      ("global 65 × 130", global(65, 130)), ("causal 1", causal(1)), ("causal 64", causal(64)),
      ("causal 130", causal(130)), ("strictly before 9", causal(9, offset: 0)),
      ("strictly before 70", causal(70, offset: 0)),
      ("random 130 × 67", random(130, 67, hasPaddingKeys: false)),
    ]
    let wide = everyWidth.flatMap { name, plan in
      widths.map { attention(name, plan, keyWidth: $0, valueWidth: $0) }
    }
    let narrow = oneWidth.flatMap { name, plan in
      [
        attention(name, plan, keyWidth: 16, valueWidth: 16),
        attention(name, plan, heads: 1, keyWidth: 5, valueWidth: 8),
      ]
    }
    let dropout = DropoutKey(RandomKey(seed: 1, stream: 2, step: 3), rate: 0.25)
    let dropped = [
      ("causal 7", causal(7)), ("random 70 × 130", random(70, 130, hasPaddingKeys: true)),
    ]
    .map { attention($0, $1, keyWidth: 5, valueWidth: 16, dropout: dropout) }
    return wide + narrow + dropped
  }

  /// Self- or cross-attention of a plan, by default of two images.
  public static func attention(
    _ name: String, _ plan: AttentionPlan, batch: Int = 2, heads: Int = 2, keyWidth: Int,
    valueWidth: Int, dropout: DropoutKey? = nil
  ) -> OperationCase {
    let inputs = [
      Input([batch, plan.queryCount, heads * keyWidth], in: -2...2),
      Input([batch, plan.keyCount, heads * keyWidth], in: -2...2),
      Input([batch, plan.keyCount, heads * valueWidth], in: -2...2),
    ]
    return OperationCase(
      """
      attention \(name), \(heads) heads of \(keyWidth) and \(valueWidth)\
      \(dropout == nil ? "" : ", dropout")
      """, inputs, terms: max(plan.queryCount, plan.keyCount) + 4 * keyWidth,
      flops: 2 * batch * heads * plan.visiblePairs * (keyWidth + valueWidth)
    ) {
      $0[0].attention(keys: $0[1], values: $0[2], plan: plan, heads: heads, dropout: dropout)
    }
  }

  /// Every query attends to every key.
  public static func global(_ queries: Int, _ keys: Int) -> AttentionPlan {
    AttentionPlan(keyCount: keys, visibleKeys: (0..<queries).map { _ in [0..<keys] })
  }

  /// A query attends to the keys before it and, with offset 1, its own.
  public static func causal(_ count: Int, offset: Int = 1) -> AttentionPlan {
    AttentionPlan(keyCount: count, visibleKeys: (0..<count).map { [0..<$0 + offset] })
  }

  /// Every query attends to keys drawn at random, few or many, and every fifth query none; with
  /// `hasPaddingKeys` two of three queries have zero-logit padding keys, including queries without
  /// other keys.
  static func random(_ queries: Int, _ keys: Int, hasPaddingKeys: Bool) -> AttentionPlan {
    var stream = RandomStream(RandomKey(seed: 17, stream: UInt32(queries), step: UInt64(keys)))
    let visible = (0..<queries).map { query -> [Range<Int>] in
      let share = query % 5 == 4 ? 0 : stream.nextUniform()
      return (0..<keys).filter { _ in stream.nextUniform() < share }.map { $0..<$0 + 1 }
    }
    return AttentionPlan(
      keyCount: keys, visibleKeys: visible,
      paddingKeyCounts: hasPaddingKeys ? (0..<queries).map { $0 % 3 * 4 } : [])
  }
}
