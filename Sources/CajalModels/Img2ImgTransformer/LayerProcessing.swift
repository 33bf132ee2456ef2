import CajalAutodiff
import CajalLayers
import CajalTensor

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

  /// A sub-layer of what the one before it leaves, whose sum is left to the next one.
  func callAsFunction(
    _ number: Int, _ x: PendingSum, _ pass: ForwardPass, _ sublayer: (Variable) -> Variable
  ) -> PendingSum {
    let (residual, input) = before[number](x, pass)
    return after[number].pending(sublayer(input), residual: residual, pass)
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
