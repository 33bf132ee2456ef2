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

  func callAsFunction(_ x: Variable, plan: AttentionPlan, _ pass: ForwardPass) -> Variable {
    let attended = processing(0, x, pass) { attention($0, plan: plan, pass) }
    return processing(1, attended, pass) { feedForward($0, pass) }
  }
}

/// A layer of the decoder: self-attention, attention over the encoder's output and feed-forward.
struct DecoderLayer: Sendable {
  let selfAttention: MultiHeadAttention
  let crossAttention: MultiHeadAttention
  private let feedForward: FeedForward
  private let processing: LayerProcessing
  /// What `local_block` does to its input once more.
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
    _ x: Variable, _ pass: ForwardPass, attend: (Variable) -> Variable,
    attendMemory: (Variable) -> Variable
  ) -> Variable {
    let own = processing(0, x, pass) { attend(innerPreprocess?($0, pass) ?? $0) }
    let informed = processing(1, own, pass, attendMemory)
    return processing(2, informed, pass) { feedForward($0, pass) }
  }
}

/// The pre- and post-processing of the sub-layers of one layer, numbered as tensor2tensor numbers
/// them.
struct LayerProcessing: Sendable {
  private let before: [ProcessSequence]
  private let after: [ProcessSequence]

  init(_ h: Img2ImgHyperparameters, count: Int, in builder: inout ParameterBuilder) {
    before = (0..<count).map { ProcessSequence(before: h, number: $0, in: &builder) }
    after = (0..<count).map { number in
      ProcessSequence(
        Self.name("layer_postprocess", number), sequence: h.layerPostprocessSequence,
        width: h.hiddenSize, dropout: h.layerPrepostprocessDropout, epsilon: h.normEpsilon,
        in: &builder)
    }
  }

  static func name(_ name: String, _ number: Int) -> String {
    number == 0 ? name : "\(name)_\(number)"
  }

  func callAsFunction(
    _ number: Int, _ x: Variable, _ pass: ForwardPass, _ sublayer: (Variable) -> Variable
  ) -> Variable {
    after[number](sublayer(before[number](x, pass)), residual: x, pass)
  }
}

extension ProcessSequence {
  /// The preprocessing number `number` of a layer or of the whole body.
  init(before h: Img2ImgHyperparameters, number: Int, in builder: inout ParameterBuilder) {
    self.init(
      LayerProcessing.name("layer_prepostprocess", number), sequence: h.layerPreprocessSequence,
      width: h.hiddenSize, dropout: h.layerPrepostprocessDropout, epsilon: h.normEpsilon,
      in: &builder)
  }
}

extension MultiHeadAttention {
  init(
    _ h: Img2ImgHyperparameters, _ name: String, dropout: Float,
    in builder: inout ParameterBuilder
  ) {
    self.init(
      name, width: h.hiddenSize, keyChannels: h.keyChannels, valueChannels: h.valueChannels,
      heads: h.numHeads, dropout: dropout,
      initializer: .uniformUnitScaling(gain: h.initializerGain), in: &builder)
  }
}

extension FeedForward {
  init(_ h: Img2ImgHyperparameters, in builder: inout ParameterBuilder) {
    self.init(
      "ffn", width: h.hiddenSize, filterWidth: h.filterSize, dropout: h.reluDropout,
      initializer: .uniformUnitScaling(gain: h.initializerGain), in: &builder)
  }
}
