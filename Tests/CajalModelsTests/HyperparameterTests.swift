import CajalAutodiff
import CajalLayers
import CajalModels
import Foundation
import Testing

@Suite struct HyperparameterTests {
  /// Parameter counts that tensor2tensor reports for its sets.
  @Test(arguments: [
    ("img2img_transformer2d_tiny", 956_160), ("img2img_transformer2d_base", 47_120_640),
    ("img2img_transformer2d_n44", 47_120_640), ("img2img_transformer2d_q1", 47_118_592),
    ("img2img_transformer2d_q3", 47_118_592), ("img2img_transformer_b3", 47_118_592),
    ("img2img_transformer2d_n3", 63_920_384), ("img2img_transformer2d_n31", 70_221_056),
    ("img2img_transformer_tiny", 1_945_344), ("img2img_transformer_base", 47_120_640),
  ])
  func parameterCount(name: String, count: Int) throws {
    let model = try Img2ImgTransformer(.named(name), inputRows: 8, inputColumns: 8)
    #expect(model.layout.parameterCount == count)
  }

  /// Every set that tensor2tensor has and we have agrees in every field that both have.
  @Test(.enabled(if: originalNumbers("hparams.json") != nil, "../shared/t2t is not there"))
  func setsAreTheOriginals() throws {
    let data = try #require(originalNumbers("hparams.json"))
    let sets = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    var compared = 0
    for name in Img2ImgHyperparameters.setNames {
      guard let original = sets[name] else {
        #expect(name.hasPrefix("cajal"))
        continue
      }
      let encoded = try JSONEncoder().encode(Img2ImgHyperparameters.named(name))
      let own = try #require(try JSONSerialization.jsonObject(with: encoded) as? [String: Any])
      for (field, value) in own {
        // tensor2tensor loses the gaps of its dilated set and has no field for the number of memory
        // blocks elsewhere.
        guard let expected = original[field], field != "gap_sizes" else { continue }
        #expect(
          "\(normalized(value))" == "\(normalized(expected))", "\(name).\(field)")
        compared += 1
      }
    }
    #expect(compared > 500)
  }

  private func normalized(_ value: Any) -> String {
    if let number = value as? NSNumber {
      return String(format: "%.6g", number.doubleValue)
    }
    if let list = value as? [Any] { return list.map(normalized).joined(separator: ",") }
    return "\(value)"
  }

  @Test func overrides() throws {
    var set = Img2ImgHyperparameters.img2imgTransformer2DTiny
    try set.apply(overrides: [
      "hidden_size=64", "query_shape=8,24", "memory_flange=[4, 8]", "learning_rate=0.5",
      "dec_attention_type=local_1d", "conditioning=aligned",
    ])
    #expect(set.hiddenSize == 64)
    #expect(set.queryShape == [8, 24])
    #expect(set.memoryFlange == [4, 8])
    #expect(set.learningRate == 0.5)
    #expect(set.decAttentionType == .local1D)
    #expect(set.conditioning == .aligned)
  }

  @Test(arguments: [
    ("hiden_size=4", "hiden_size: there is no such hyperparameter; did you mean hidden_size?"),
    ("hidden_size", "hidden_size: write it as name=value"),
    ("hidden_size=big", "hidden_size: cannot be \"big\", it is a number"),
    ("hidden_size=1.5", "hidden_size: cannot be \"1.5\"; possible: a whole number"),
    (
      "conditioning=none",
      "conditioning: cannot be \"none\"; possible: cross_attention, aligned"
    ),
    (
      "query_shape=16",
      "query_shape: is two positive numbers such as 16,16"
    ),
    ("num_heads=3", "num_heads: 3 heads do not divide keys of 128 and values of 128"),
    ("num_channels=2", "num_channels: is 1 or 3, not 2"),
    ("target_coding=residual", "target_coding: residual needs conditioning=aligned"),
    ("hidden_size=4", "hidden_size: is at least 8 with timing signals, not 4"),
    (
      "layer_preprocess_sequence=na",
      "layer_preprocess_sequence: is none or letters of d and n, not na"
    ),
    ("relu_dropout=1", "relu_dropout: is at least 0 and less than 1, not 1.0"),
    ("optimizer=sgdd", "optimizer: is one of adam, true_adam, adamw, momentum, not sgdd"),
  ])
  func wrongOverride(text: String, message: String) throws {
    let error = #expect(throws: HyperparameterError.self) {
      var set = Img2ImgHyperparameters.img2imgTransformer2DTiny
      try set.apply(overrides: [text])
      try set.validate()
    }
    #expect(error?.description == message)
  }

  @Test func unknownSet() {
    let error = #expect(throws: HyperparameterError.self) {
      try Img2ImgHyperparameters.named("img2img_transformer2d_tini")
    }
    #expect(error?.description.contains("did you mean img2img_transformer2d_tiny?") == true)
  }

  @Test func everySetIsValidAndCodable() throws {
    for name in Img2ImgHyperparameters.setNames {
      let set = try Img2ImgHyperparameters.named(name)
      try set.validate()
      let copy = try JSONDecoder().decode(
        Img2ImgHyperparameters.self, from: JSONEncoder().encode(set))
      #expect(copy == set)
    }
  }
}
