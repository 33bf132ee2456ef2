import CajalAutodiff
import CajalLayers
import CajalTensor

/// A layer of the decoder: self-attention, attention over the encoder's output and feed-forward.
///
/// A class, because decoding calls it at every position: from an array, a structure would be copied
/// with the names of all its parameters.
final class DecoderLayer: Sendable {
  let selfAttention: MultiHeadAttention
  let crossAttention: MultiHeadAttention
  private let feedForward: FeedForward
  private let processing: LayerProcessing
  /// The extra preprocessing of `local_block`.
  private let innerPreprocess: ProcessSequence?

  init(_ h: Img2ImgHyperparameters, in builder: inout ParameterBuilder) {
    processing = LayerProcessing(h, count: 3, in: &builder)
    let names: (String, String)
    switch h.decAttentionType {
    case .local2D: names = ("local_2d_self_att", "self_attention")
    case .local1D, .local1DNoncausal: names = ("local_1d_self_att", "self_attention")
    case .localBlock: names = ("local_within_block", "local_within_block")
    case .dilated: names = ("masked_dilated_1d", "self_attention")
    case .global, .globalCausal: names = ("self_att", "self_att")
    }
    let isGlobal = h.decAttentionType == .global || h.decAttentionType == .globalCausal
    (innerPreprocess, selfAttention) = builder.scope(names.0) { builder in
      let inner =
        h.decAttentionType == .localBlock
        ? ProcessSequence(
          "layer_prepostprocess", sequence: h.layerPreprocessSequence, width: h.hiddenSize,
          dropout: h.layerPrepostprocessDropout, epsilon: h.normEpsilon, in: &builder) : nil
      let attention = MultiHeadAttention(
        h, names.1, dropout: isGlobal ? h.attentionDropout : 0, in: &builder)
      return (inner, attention)
    }
    crossAttention = builder.scope("encdec_attention") { builder in
      MultiHeadAttention(h, "encdec_attention", dropout: h.attentionDropout, in: &builder)
    }
    feedForward = FeedForward(h, in: &builder)
  }

  /// `attend` and `attendMemory` compute the two attentions, so that decoding can put cached ones
  /// there.
  func callAsFunction(
    _ x: PendingSum, _ pass: ForwardPass, attend: (Variable) -> Variable,
    attendMemory: (Variable) -> Variable
  ) -> PendingSum {
    let own = processing(0, x, pass) { attend(innerPreprocess?($0, pass) ?? $0) }
    let informed = processing(1, own, pass, attendMemory)
    return processing(2, informed, pass) { feedForward($0, pass) }
  }
}
