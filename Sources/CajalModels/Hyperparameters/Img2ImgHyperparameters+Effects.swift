extension Img2ImgHyperparameters {
  /// The reason why the hyperparameter `name` has no effect given the others, or `nil` if it has
  /// one.
  ///
  /// tensor2tensor accepts every hyperparameter with every model. ``checkEffect(of:since:)``
  /// reports those set by hand that have no effect.
  public func reasonForNoEffect(of name: String) -> String? {
    guard let key = CodingKeys(rawValue: name) else { return nil }
    func needs(_ condition: Bool, _ what: String) -> String? {
      condition ? nil : "has no effect without \(what)"
    }
    let decoder = decAttentionType
    let is2D = decoder == .local2D || encAttentionType == .local2D
    switch key {
    case .queryShape:
      return needs(
        is2D || (decoder == .localBlock && shift == .block),
        "dec_attention_type=local_2d or enc_attention_type=local_2d")
    case .memoryFlange:
      return needs(is2D, "dec_attention_type=local_2d or enc_attention_type=local_2d")
    case .blockLength:
      let kinds: [DecoderAttention] = [.local1D, .local1DNoncausal, .localBlock, .dilated]
      return needs(
        kinds.contains(decoder) || encAttentionType == .local1D,
        "dec_attention_type=local_1d, local_1d_noncausal, local_block or dilated, "
          + "or enc_attention_type=local_1d")
    case .blockWidth:
      return needs(
        decoder == .local1DNoncausal || decoder == .dilated || encAttentionType == .local1D,
        "dec_attention_type=local_1d_noncausal or dilated, or enc_attention_type=local_1d")
    case .gapSizes, .numMemoryBlocks:
      return needs(decoder == .dilated, "dec_attention_type=dilated")
    case .shift:
      return needs(
        decoder == .local2D || decoder == .localBlock,
        "dec_attention_type=local_2d or local_block")
    case .numMixtures: return needs(likelihood == .logisticMixture, "likelihood=dmol")
    case .labelSmoothing: return needs(likelihood == .categorical, "likelihood=cat")
    case .maxLength: return needs(pos == .embedding, "pos=emb")
    case .normEpsilon:
      return needs(
        layerPreprocessSequence.contains("n") && layerPreprocessSequence != "none"
          || layerPostprocessSequence.contains("n") && layerPostprocessSequence != "none",
        "an n in layer_preprocess_sequence or layer_postprocess_sequence")
    case .optimizerAdamBeta1, .optimizerAdamBeta2, .optimizerAdamEpsilon:
      return needs(optimizer != "momentum", "optimizer=adam, true_adam or adamw")
    case .filterSize, .reluDropout, .numHeads, .attentionKeyChannels, .attentionValueChannels,
      .attentionDropout, .layerActivations:
      return needs(
        numEncoderLayers > 0 || numDecoderLayers > 0, "num_encoder_layers or num_decoder_layers")
    case .optimizerMomentumMomentum: return needs(optimizer == "momentum", "optimizer=momentum")
    default: return nil
    }
  }
}
