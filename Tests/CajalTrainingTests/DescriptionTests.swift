import Cajal
import Foundation
import Testing

/// Large values print as a few lines.
@Suite struct DescriptionTests {
  private func check(_ value: some Any, _ parts: String...) {
    var dumped = ""
    dump(value, to: &dumped)
    for text in ["\(value)", String(reflecting: value), dumped] {
      #expect(!text.isEmpty && text.utf8.count < 2500, "\(type(of: value)): \(text.utf8.count)")
    }
    for part in parts { #expect("\(value)".contains(part), "\(value)") }
  }

  @Test func models() throws {
    let model = try Img2ImgTransformer(.cajal2DTiny, for: AllenBrain.dim8to32)
    check(
      model, "Img2ImgTransformer from 8×8×3 to 32×32×3, \(model.layout.parameterCount) parameters",
      "encoder", "decoder", "embeddings", "output")
    // The parts are all of it.
    let counts = "\(model)".split(separator: "\n").dropFirst().compactMap {
      $0.split(separator: " ").last.flatMap { Int($0) }
    }
    #expect(counts.reduce(0, +) == model.layout.parameterCount)
    check(model.layout, "\(model.layout.parameterCount) parameters")
    check(model.layout.groups[0], "model: ")
    check(model.parameters)
    let state = try OptimizerState(.adam(.constant(1e-3)), for: model.layout.groups[0])
    check(state, "adam", "0 updates")
    let average = WeightAverage(of: model.parameters.buffers[0], decay: 0.99)
    check(average, "0.99")
    check(
      Checkpoint(
        step: 0, layout: model.layout, weights: model.parameters, optimizers: [state],
        averages: [average], seed: 1, examplesSeen: 0),
      "step 0")
    check(Trainer(model: model, optimizer: .adam(.constant(1e-3)), run: "runs/a"), "runs/a")
    check(SequenceOrder.raster(rows: 64, columns: 192), "64 × 192")
    check(Image(width: 512, height: 512, channels: 3), "512 × 512 × 3")
  }

  @Test func runsAndData() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      check(data, "\(data.trainingTiles.count) training tiles")
      check(data.summary, "allen-brain-2to4", "16×16")
      let trainer = try smallTrainer(run: run.path + "/run")
      let history = try trainer.fit(data, steps: 2)
      check(history, "2 steps", "Img2ImgTransformer from 2×2×3")
      check(try TrainedRun<Img2ImgTransformer>(trainer.run), "step 2", "Img2ImgTransformer")
      let evaluation = try Evaluation(history.model, on: data, examples: 0..<2)
      check(evaluation, "2 examples", "lanczos3: ")
      #expect(!"\(evaluation)".contains("Optional"))
    }
  }

  /// A model that is destroyed is not evaluated.
  @Test func destroyedModelsAreNotEvaluated() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var model = try smallTrainer(run: "").model
      model.parameters.buffers[0].fill(with: .nan)
      #expect(throws: PredictionError.nonFiniteWeights) {
        try Evaluation(model, on: data, examples: 0..<1)
      }
      #expect(throws: PredictionError.nonFiniteWeights) {
        try model.predict([try data.evaluationExamples[0].example().input])
      }
      #expect(throws: PictureSizeError.self) {
        try model.predict([Image(width: 3, height: 2, channels: 3)])
      }
      #expect(throws: PictureSizeError.self) {
        try model.predict([Image(width: 2, height: 2, channels: 1)])
      }
    }
  }
}
