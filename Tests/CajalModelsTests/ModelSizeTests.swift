import CajalAutodiff
import CajalLayers
import Testing

@testable import CajalModels

/// A model that cannot be held in memory is refused before memory is taken for it.
@Suite struct ModelSizeTests {
  @Test(arguments: Img2ImgHyperparameters.setNames) func countsOfSets(name: String) throws {
    let set = try Img2ImgHyperparameters.named(name)
    let model = try Img2ImgTransformer(set, inputRows: 8, inputColumns: 8)
    #expect(set.parameterCount == Double(model.layout.parameterCount))
  }

  @Test(arguments: variants.indices) func countsOfVariants(variant: Int) throws {
    let model = try smallModel {
      variants[variant](&$0)
      $0.layerPostprocessSequence = "zn"
    }
    #expect(model.hyperparameters.parameterCount == Double(model.layout.parameterCount))
  }

  @Test(arguments: [
    ("hidden_size=65536", "hidden_size"), ("filter_size=1048576", "filter_size"),
    ("attention_key_channels=65536", "attention_key_channels"),
    ("attention_value_channels=65536", "attention_value_channels"),
    ("img_len=4096", "img_len"), ("num_decoder_layers=1024", "num_decoder_layers"),
    ("num_encoder_layers=1024", "num_encoder_layers"),
  ]) func whatIsTooLargeIsNamed(override: String, name: String) throws {
    var set = Img2ImgHyperparameters.img2imgTransformer2DBase
    try set.apply(overrides: [override])
    let error = #expect(throws: HyperparameterError.self) {
      try Img2ImgTransformer(set, inputRows: 8, inputColumns: 8)
    }
    #expect(
      error?.name == name && error?.reason.contains(" GB") == true, "\(String(describing: error))")
  }

  @Test(arguments: [(0, 8), (8, -1), (8, Int.max), (4097, 8)])
  func sizesOfInputs(rows: Int, columns: Int) {
    let error = #expect(throws: HyperparameterError.self) {
      try Img2ImgTransformer(.cajal2DTiny, inputRows: rows, inputColumns: columns)
    }
    #expect(error?.name == "input")
  }

  /// The table of learned positions serves the input too.
  @Test func learnedPositionsOfTheInput() throws {
    let set = Img2ImgHyperparameters.cajal2DTiny.with {
      $0.pos = .embedding
      $0.imgLen = 4
      $0.maxLength = 12
    }
    _ = try Img2ImgTransformer(set, inputRows: 4, inputColumns: 4)
    let error = #expect(throws: HyperparameterError.self) {
      try Img2ImgTransformer(set, inputRows: 4, inputColumns: 5)
    }
    #expect(error?.name == "max_length")
  }
}

/// A hyperparameter that is set by hand has an effect, or is refused.
@Suite struct EffectTests {
  @Test(arguments: [
    ("block_length=8", "dec_attention_type=local_1d"),
    ("block_width=8", "dec_attention_type=local_1d_noncausal"),
    ("gap_sizes=1,2", "dec_attention_type=dilated"),
    ("num_memory_blocks=1", "dec_attention_type=dilated"), ("max_length=300", "pos=emb"),
    ("num_mixtures=5", "likelihood=dmol"),
    ("optimizer_momentum_momentum=0.5", "optimizer=momentum"),
  ]) func whatNeedsSomethingElse(override: String, needed: String) throws {
    let base = Img2ImgHyperparameters.cajal2DTiny
    var set = base
    try set.apply(overrides: [override])
    let name = try Img2ImgHyperparameters.names(in: [override])
    let error = #expect(throws: HyperparameterError.self) {
      try set.checkEffect(of: name, since: base)
    }
    #expect(error?.name == name[0] && error?.reason.hasPrefix("has no effect without ") == true)
    try set.apply(overrides: [needed])
    try set.checkEffect(of: name, since: base)
  }

  @Test(arguments: [
    ("query_shape=8,8", "dec_attention_type=local_1d"),
    ("memory_flange=8,8", "dec_attention_type=global_causal"),
    ("shift=block", "dec_attention_type=local_1d"),
    ("norm_epsilon=0.1", "layer_preprocess_sequence=none"),
    ("optimizer_adam_beta1=0.5", "optimizer=momentum"), ("label_smoothing=0.1", "likelihood=dmol"),
  ]) func whatSomethingElseTakesAway(override: String, other: String) throws {
    let base = Img2ImgHyperparameters.cajal2DTiny
    var set = base
    try set.apply(overrides: [override])
    let name = try Img2ImgHyperparameters.names(in: [override])
    try set.checkEffect(of: name, since: base)
    try set.apply(overrides: [other])
    #expect(throws: HyperparameterError.self) { try set.checkEffect(of: name, since: base) }
    // What it is anyway may be said.
    try base.checkEffect(of: name, since: base)
  }

  /// Every hyperparameter of the sets that has no effect says what it needs, and the others none.
  @Test func everyNameIsKnown() {
    let idle = Img2ImgHyperparameters.names.filter {
      Img2ImgHyperparameters.cajal2DTiny.reasonForNoEffect(of: $0) != nil
    }
    #expect(
      idle == [
        "block_length", "block_width", "gap_sizes", "num_memory_blocks", "max_length",
        "num_mixtures", "optimizer_momentum_momentum",
      ])
  }
}
