import CajalAutodiff
import CajalLayers
import CajalTensor

/// A layer of the encoder: self-attention and feed-forward, each in its pre- and post-processing.
struct EncoderLayer: Sendable {
  private let attention: MultiHeadAttention
  private let feedForward: FeedForward
  private let processing: LayerProcessing

  init(_ h: Img2ImgHyperparameters, in builder: inout ParameterBuilder) {
    processing = LayerProcessing(h, count: 2, in: &builder)
    let names: (String, String)
    switch h.encAttentionType {
    case .global: names = ("self_att", "self_att")
    case .local1D: names = ("local_1d_self_att", "self_attention")
    case .local2D: names = ("local_2d_self_att", "self_attention")
    }
    let dropout = h.encAttentionType == .global ? h.attentionDropout : 0
    attention = builder.scope(names.0) { builder in
      MultiHeadAttention(h, names.1, dropout: dropout, in: &builder)
    }
    feedForward = FeedForward(h, in: &builder)
  }

  func callAsFunction(_ x: PendingSum, plan: AttentionPlan, _ pass: ForwardPass) -> PendingSum {
    let attended = processing(0, x, pass) { attention($0, plan: plan, pass) }
    return processing(1, attended, pass) { feedForward($0, pass) }
  }
}
