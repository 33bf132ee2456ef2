import Cajal
import Foundation
import Testing

/// Any number for any hyperparameter trains a step or is refused by name, and nothing traps.
@Suite struct HyperparameterRangeTests {
  private static let numbers = [
    "-9223372036854775808", "-1", "0", "1", "2147483648", "9223372036854775807", "nan", "0.5",
  ]

  /// What gives a hyperparameter an effect, where the usual set gives it none.
  private static let contexts = [
    "block_length": ["dec_attention_type=local_1d"],
    "block_width": ["dec_attention_type=local_1d_noncausal", "enc_attention_type=local_1d"],
    "gap_sizes": ["dec_attention_type=dilated", "gap_sizes=1"],
    "num_memory_blocks": ["dec_attention_type=dilated", "gap_sizes=1"],
    "num_mixtures": [
      "likelihood=dmol", "conditioning=cross_attention", "target_coding=value",
      "neighbor_embeddings=0",
    ],
    "max_length": ["pos=emb"], "optimizer_momentum_momentum": ["optimizer=momentum"],
  ]

  /// The names of all hyperparameters that are numbers or lists of them.
  private static func names() throws -> [String] {
    let json = try JSONEncoder().encode(Img2ImgHyperparameters())
    let fields = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
    return fields.filter { !($0.value is String) }.keys.sorted()
  }

  @Test func everyNumberTrainsOrIsRefused() throws {
    let names = try Self.names()
    #expect(names.count == 34)
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trained = 0
      for name in names {
        for number in Self.numbers {
          let isList = ["query_shape", "memory_flange"].contains(name)
          let override = "\(name)=\(isList ? "\(number),\(number)" : number)"
          if try trains(override, Self.contexts[name] ?? [], name, data, run.path) { trained += 1 }
        }
      }
      #expect(trained > 50)
    }
  }

  /// Whether a step is made; else the error names the hyperparameter.
  private func trains(
    _ override: String, _ context: [String], _ name: String, _ data: Dataset, _ folder: String
  ) throws -> Bool {
    let base = try smallTrainer(run: folder + "/" + UUID().uuidString)
    do {
      var set = base.model.hyperparameters
      try set.apply(overrides: context + [override])
      try set.checkPictures(of: [name], fit: data.problem)
      let model = try Img2ImgTransformer(set, for: data.problem, seed: 2)
      var trainer = Trainer(model: model, optimizer: set.optimizer(steps: 1), run: base.run)
      trainer.options.evaluationInterval = 0
      let history = try trainer.fit(data, steps: 1)
      let loss = try #require(history.losses().last?.loss, "\(override)")
      #expect(loss.isFinite && history.step == 1, "\(override)")
      try? FileManager.default.removeItem(atPath: base.run)
      return true
    } catch let error as HyperparameterError {
      // A width that heads do not divide can be either's fault.
      let names = name == "hidden_size" ? [name, "num_heads"] : [name]
      #expect(names.contains(error.name), "\(override): \(error)")
      return false
    }
  }

  /// Fields can be set to what no text can say.
  @Test(arguments: [Double.nan, .infinity, -.infinity]) func numbersThatAreNone(value: Double) {
    let doubles: [(String, WritableKeyPath<Img2ImgHyperparameters, Double>)] = [
      ("optimizer_adam_beta1", \.optimizerAdamBeta1),
      ("optimizer_adam_beta2", \.optimizerAdamBeta2),
      ("optimizer_adam_epsilon", \.optimizerAdamEpsilon),
      ("optimizer_momentum_momentum", \.optimizerMomentumMomentum),
      ("learning_rate", \.learningRate), ("clip_grad_norm", \.clipGradNorm),
      ("weight_decay", \.weightDecay), ("weight_average_decay", \.weightAverageDecay),
    ]
    let floats: [(String, WritableKeyPath<Img2ImgHyperparameters, Float>)] = [
      ("layer_prepostprocess_dropout", \.layerPrepostprocessDropout),
      ("relu_dropout", \.reluDropout), ("attention_dropout", \.attentionDropout),
      ("norm_epsilon", \.normEpsilon), ("label_smoothing", \.labelSmoothing),
      ("initializer_gain", \.initializerGain),
    ]
    let changes: [(String, (inout Img2ImgHyperparameters) -> Void)] =
      doubles.map { name, path in (name, { $0[keyPath: path] = value }) }
      + floats.map { name, path in (name, { $0[keyPath: path] = Float(value) }) }
    for (name, change) in changes {
      let set = Img2ImgHyperparameters.cajal2DTiny.with(change)
      let error = #expect(throws: HyperparameterError.self) { try set.validate() }
      #expect(error?.name == name)
    }
  }

  @Test func layersCanBeLeftOut() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      #expect(try trains("num_encoder_layers=0", ["num_decoder_layers=0"], "", data, run.path))
    }
  }

  @Test func picturesAreTheProblems() throws {
    let problem = AllenBrain(.upsampling(from: 2, to: 4))
    let set = Img2ImgHyperparameters.cajal2DTiny
    try set.checkPictures(of: ["hidden_size"], fit: problem)
    for name in ["img_len", "num_channels"] {
      let changed = set.with {
        $0.imgLen = name == "img_len" ? 64 : 4
        $0.numChannels = name == "num_channels" ? 1 : 3
      }
      let error = #expect(throws: HyperparameterError.self) {
        try changed.checkPictures(of: [name], fit: problem)
      }
      #expect(error?.name == name)
    }
    try set.with { $0.imgLen = 4 }.checkPictures(of: ["img_len", "num_channels"], fit: problem)
  }
}
