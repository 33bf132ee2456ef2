import CajalAutodiff
import CajalLayers
import CajalTensor
import Synchronization

/// Transformer layers over the pixels of the input.
///
/// A pixel attends to its block of 8 × 8 pixels and to a frame of 4 around it. What a pixel knows
/// of its place comes from a convolution before each layer, as in CPVT (Chu et al. 2021), so that
/// pictures may have any size.
struct TransformerTrunk: Trunk {
  private struct Layer {
    let position: Convolution2D
    let attentionNorm: LayerNorm
    let attention: MultiHeadAttention
    let feedForwardNorm: LayerNorm
    let widening, narrowing: Dense
  }

  private static let block = BlockShape(rows: 8, columns: 8)
  private static let frame = BlockShape(rows: 4, columns: 4)
  static let heads = 4

  let width: Int
  var looksAtEnlarged: Bool { false }
  private let first: Convolution2D
  private let layers: [Layer]
  private let norm: LayerNorm
  private let plans = PlanCache()

  init(
    _ hyperparameters: RestorationHyperparameters, channels: Int, in builder: inout ParameterBuilder
  ) {
    let width = hyperparameters.trunkWidth
    self.width = width
    first = Convolution2D("first", inputs: channels, outputs: width, in: &builder)
    layers = (0..<hyperparameters.trunkBlocks).map { index in
      builder.scope("layer_\(index)") { Self.layer(width: width, in: &$0) }
    }
    norm = LayerNorm(width: width, epsilon: 1e-5, in: &builder)
  }

  private static func layer(width: Int, in builder: inout ParameterBuilder) -> Layer {
    let initializer = Initializer.uniformUnitScaling(gain: 1)
    return Layer(
      position: Convolution2D(
        "position", inputs: width, outputs: width, groups: width, initializer: .constant(0),
        in: &builder),
      attentionNorm: builder.scope("attention_norm") {
        LayerNorm(width: width, epsilon: 1e-5, in: &$0)
      },
      attention: MultiHeadAttention(
        "attention", width: width, keyChannels: width, valueChannels: width, heads: heads,
        initializer: initializer, in: &builder),
      feedForwardNorm: builder.scope("feed_forward_norm") {
        LayerNorm(width: width, epsilon: 1e-5, in: &$0)
      },
      widening: Dense(
        "widening", inputs: width, outputs: 3 * width, initializer: initializer, in: &builder),
      narrowing: Dense(
        "narrowing", inputs: 3 * width, outputs: width,
        initializer: .normal(standardDeviation: 0.2 / Float(3 * width).squareRoot()), in: &builder))
  }

  /// For each layer whole blocks that hold the frame and the row that the convolution before it
  /// sees.
  ///
  /// Attention adds keys up in tiles of the sequence, so that bands begin where a tile does.
  func reach(columns: Int) -> Reach? {
    let tile = AttentionPlan.tile
    // Rows that end with a tile: a power of 2, as a tile is.
    let rows = tile / (1 << min(columns.trailingZeroBitCount, tile.trailingZeroBitCount))
    return reach(alignment: rows)
  }

  /// Blocks of a fixed width, whose rows begin and end with a tile of the sequence: how keys are
  /// added up depends on the width of a picture that is computed at once, so that it is the same
  /// however a picture is divided into bands. They see two columns more, for a head that looks
  /// beside a block.
  var columnDivision: ColumnDivision? {
    ColumnDivision(
      reach: reach(alignment: AttentionPlan.tile) + Reach(distance: 2, alignment: 1),
      width: 8 * AttentionPlan.tile)
  }

  private func reach(alignment: Int) -> Reach {
    let block = Self.block.rows
    let perLayer = (Self.frame.rows + block) / block * block
    let first = Reach.convolutions(1)
    return Reach(
      distance: first.distance + perLayer * layers.count,
      alignment: max(first.alignment, block, alignment))
  }

  func features(_ pictures: Variable, code: Variable?, _ pass: ForwardPass) -> Variable {
    let begin = first(pictures, pass).adding(code)
    let shape = begin.shape
    let plan = plans.plan(rows: shape[1], columns: shape[2])
    let sequence: Shape = [shape[0], shape[1] * shape[2], width]
    var x = PendingSum(begin.reshaped(sequence))
    for layer in layers {
      let before = x.computed()
      let position = layer.position(before.reshaped(shape), pass).reshaped(sequence)
      let (placed, input) = layer.attentionNorm(PendingSum(position, residual: before), pass)
      let attention = layer.attention(input, plan: plan, pass)
      let (attended, normalized) = layer.feedForwardNorm(
        PendingSum(attention, residual: placed), pass)
      let inner = layer.widening.gelu(normalized, pass)
      x = PendingSum(layer.narrowing(inner, pass), residual: attended)
    }
    return norm(x, pass).normalized.reshaped(shape)
  }

  /// The plans of the sizes of pictures seen so far.
  private final class PlanCache: Sendable {
    private let plans = Mutex<[[Int]: AttentionPlan]>([:])

    func plan(rows: Int, columns: Int) -> AttentionPlan {
      plans.withLock { plans in
        if let known = plans[[rows, columns]] { return known }
        let plan = AttentionPattern.local2DNoncausal(block: block, flange: frame)
          .plan(for: .raster(rows: rows, columns: columns))
        plans[[rows, columns]] = plan
        return plan
      }
    }
  }
}
