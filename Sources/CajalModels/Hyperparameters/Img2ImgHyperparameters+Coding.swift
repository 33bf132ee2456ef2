extension Img2ImgHyperparameters {
  /// tensor2tensor's names.
  enum CodingKeys: String, CodingKey, CaseIterable {
    case hiddenSize = "hidden_size"
    case filterSize = "filter_size"
    case numHeads = "num_heads"
    case numEncoderLayers = "num_encoder_layers"
    case numDecoderLayers = "num_decoder_layers"
    case attentionKeyChannels = "attention_key_channels"
    case attentionValueChannels = "attention_value_channels"
    case imgLen = "img_len"
    case numChannels = "num_channels"
    case encAttentionType = "enc_attention_type"
    case decAttentionType = "dec_attention_type"
    case queryShape = "query_shape"
    case memoryFlange = "memory_flange"
    case blockLength = "block_length"
    case blockWidth = "block_width"
    case gapSizes = "gap_sizes"
    case numMemoryBlocks = "num_memory_blocks"
    case layerPreprocessSequence = "layer_preprocess_sequence"
    case layerPostprocessSequence = "layer_postprocess_sequence"
    case layerPrepostprocessDropout = "layer_prepostprocess_dropout"
    case reluDropout = "relu_dropout"
    case attentionDropout = "attention_dropout"
    case normEpsilon = "norm_epsilon"
    case pos
    case maxLength = "max_length"
    case conditioning
    case shift
    case targetCoding = "target_coding"
    case neighborEmbeddings = "neighbor_embeddings"
    case likelihood
    case numMixtures = "num_mixtures"
    case layerActivations = "layer_activations"
    case labelSmoothing = "label_smoothing"
    case initializerGain = "initializer_gain"
    case batchSize = "batch_size"
    case optimizer
    case optimizerAdamBeta1 = "optimizer_adam_beta1"
    case optimizerAdamBeta2 = "optimizer_adam_beta2"
    case optimizerAdamEpsilon = "optimizer_adam_epsilon"
    case optimizerMomentumMomentum = "optimizer_momentum_momentum"
    case learningRate = "learning_rate"
    case learningRateDecayScheme = "learning_rate_decay_scheme"
    case learningRateWarmupSteps = "learning_rate_warmup_steps"
    case clipGradNorm = "clip_grad_norm"
    case weightDecay = "weight_decay"
    case weightAverageDecay = "weight_average_decay"
  }

  /// The name of every hyperparameter, in the order of their documentation.
  public static var names: [String] { CodingKeys.allCases.map(\.rawValue) }
}

extension Img2ImgHyperparameters {
  /// Decodes hyperparameters; missing ones get their defaults.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ value: inout Value, _ key: CodingKeys) throws {
      value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    self.init()
    try read(&hiddenSize, .hiddenSize)
    try read(&filterSize, .filterSize)
    try read(&numHeads, .numHeads)
    try read(&numEncoderLayers, .numEncoderLayers)
    try read(&numDecoderLayers, .numDecoderLayers)
    try read(&attentionKeyChannels, .attentionKeyChannels)
    try read(&attentionValueChannels, .attentionValueChannels)
    try read(&imgLen, .imgLen)
    try read(&numChannels, .numChannels)
    try read(&encAttentionType, .encAttentionType)
    try read(&decAttentionType, .decAttentionType)
    try read(&queryShape, .queryShape)
    try read(&memoryFlange, .memoryFlange)
    try read(&blockLength, .blockLength)
    try read(&blockWidth, .blockWidth)
    try read(&gapSizes, .gapSizes)
    try read(&numMemoryBlocks, .numMemoryBlocks)
    try read(&layerPreprocessSequence, .layerPreprocessSequence)
    try read(&layerPostprocessSequence, .layerPostprocessSequence)
    try read(&layerPrepostprocessDropout, .layerPrepostprocessDropout)
    try read(&reluDropout, .reluDropout)
    try read(&attentionDropout, .attentionDropout)
    try read(&normEpsilon, .normEpsilon)
    try read(&pos, .pos)
    try read(&maxLength, .maxLength)
    try read(&conditioning, .conditioning)
    try read(&shift, .shift)
    try read(&targetCoding, .targetCoding)
    try read(&neighborEmbeddings, .neighborEmbeddings)
    try read(&likelihood, .likelihood)
    try read(&numMixtures, .numMixtures)
    try read(&layerActivations, .layerActivations)
    try read(&labelSmoothing, .labelSmoothing)
    try read(&initializerGain, .initializerGain)
    try read(&batchSize, .batchSize)
    try read(&optimizer, .optimizer)
    try read(&optimizerAdamBeta1, .optimizerAdamBeta1)
    try read(&optimizerAdamBeta2, .optimizerAdamBeta2)
    try read(&optimizerAdamEpsilon, .optimizerAdamEpsilon)
    try read(&optimizerMomentumMomentum, .optimizerMomentumMomentum)
    try read(&learningRate, .learningRate)
    try read(&learningRateDecayScheme, .learningRateDecayScheme)
    try read(&learningRateWarmupSteps, .learningRateWarmupSteps)
    try read(&clipGradNorm, .clipGradNorm)
    try read(&weightDecay, .weightDecay)
    try read(&weightAverageDecay, .weightAverageDecay)
  }
}

extension Img2ImgHyperparameters {
  /// The cases of those that are one of several words; else the kind of number.
  public static func choices(of name: String) -> String {
    switch name {
    case CodingKeys.encAttentionType.rawValue: return list(EncoderAttention.self)
    case CodingKeys.decAttentionType.rawValue: return list(DecoderAttention.self)
    case CodingKeys.pos.rawValue: return list(Position.self)
    case CodingKeys.conditioning.rawValue: return list(Conditioning.self)
    case CodingKeys.shift.rawValue: return list(Shift.self)
    case CodingKeys.targetCoding.rawValue: return list(TargetCoding.self)
    case CodingKeys.likelihood.rawValue: return list(Likelihood.self)
    case CodingKeys.layerActivations.rawValue: return list(LayerActivations.self)
    case CodingKeys.layerPrepostprocessDropout.rawValue, CodingKeys.reluDropout.rawValue,
      CodingKeys.attentionDropout.rawValue, CodingKeys.normEpsilon.rawValue,
      CodingKeys.labelSmoothing.rawValue, CodingKeys.initializerGain.rawValue:
      return "a number of 32 bits"
    default: return "a whole number"
    }
  }

  private static func list<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> String
  where Choice.RawValue == String {
    type.allCases.map(\.rawValue).joined(separator: ", ")
  }
}
