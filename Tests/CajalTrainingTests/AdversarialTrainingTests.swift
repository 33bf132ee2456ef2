import Cajal
import CajalSupport
import Foundation
import Testing

/// Adversarial fine-tuning of a trained run.
@Suite struct AdversarialTrainingTests {
  private let problem = AllenBrain(.upsampling(from: 2, to: 4))

  private func trainer(
    run: String, adversarialWeight: Float, seed: UInt64 = 2, steps: Int
  ) throws -> Trainer<RestorationModel> {
    let hyperparameters = RestorationHyperparameters.small.with {
      $0.trunkWidth = 8
      $0.trunkBlocks = 1
      $0.headWidth = 8
      $0.headLayers = 1
      $0.batchSize = 4
      $0.adversarialBatchSize = 4
      $0.adversarialWeight = adversarialWeight
    }
    var options = TrainerOptions()
    options.microBatchSize = 2
    options.replicas = 2
    options.logInterval = 1
    options.evaluationInterval = 0
    let model = try RestorationModel(hyperparameters, for: problem, seed: seed)
    return Trainer(model: model, steps: steps, run: run, options: options)
  }

  /// A data set and a run on it.
  private func withRun(
    _ body: (_ folder: String, _ data: Dataset, TrainedRun<RestorationModel>) throws -> Void
  ) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try trainer(run: run.path + "/base", adversarialWeight: 0, steps: 3)
      _ = try trainer.fit(data, steps: 3)
      try body(run.path, data, try TrainedRun(trainer.run))
    }
  }

  /// The values of a group by the paths of parameters without the group's name.
  private func values(of group: String, in model: RestorationModel) -> [String: Tensor<Float>] {
    let parameters = model.layout.parameters.filter { $0.path.hasPrefix(group + "/") }
    return Dictionary(
      uniqueKeysWithValues: parameters.map {
        (String($0.path.dropFirst(group.count)), model.parameters[$0])
      })
  }

  @Test func theCopyBeginsAsTheTrunk() throws {
    try withRun { folder, data, base in
      var tuned = try trainer(run: folder + "/tuned", adversarialWeight: 0.1, steps: 3)
      let random = values(of: "discriminator", in: tuned.model)
      try tuned.initialize(from: base)
      let trunk = values(of: "trunk", in: base.model)
      #expect(!trunk.isEmpty && values(of: "trunk", in: tuned.model) == trunk)
      #expect(values(of: "crisp", in: tuned.model) == trunk)
      #expect(values(of: "head", in: tuned.model) == values(of: "head", in: base.model))
      #expect(!random.isEmpty && values(of: "discriminator", in: tuned.model) == random)
      #expect(tuned.initialWeights?.step == 3)
      let other = try trainer(run: "", adversarialWeight: 0.1, seed: 3, steps: 3)
      #expect(values(of: "discriminator", in: other.model) != random)

      // A run of the same kind goes on with its own copy; a model without one is refused it.
      let trained = try tuned.fit(data, steps: 3).model
      let run = try TrainedRun<RestorationModel>(tuned.run)
      var again = try trainer(run: "", adversarialWeight: 0.2, steps: 3)
      try again.initialize(from: run)
      #expect(again.model.parameters == trained.parameters)
      var plain = try trainer(run: "", adversarialWeight: 0, steps: 3)
      #expect(
        message { try plain.initialize(from: run) }
          .contains("the model has no parameter 'crisp/"))
    }
  }

  @Test func trunkAndHeadStay() throws {
    try withRun { folder, data, base in
      var tuned = try trainer(run: folder + "/tuned", adversarialWeight: 0.1, steps: 3)
      try tuned.initialize(from: base)
      let history = try tuned.fit(data, steps: 3)
      let before = tuned.model
      for (index, group) in before.layout.groups.enumerated() {
        let isSame = history.model.parameters.buffers[index] == before.parameters.buffers[index]
        #expect(isSame == ["trunk", "head"].contains(group.name), "\(group.name)")
      }
      let record = try #require(history.records.last { $0.kind == "train" })
      for name in ["loss", "loss_discriminator", "absolute_error", "adversarial"] {
        #expect(record[name]?.isFinite == true, "\(name)")
      }
      let small = Image(width: 2, height: 2, channels: 3, filledWith: 100)
      let opened = try TrainedRun<RestorationModel>(tuned.run).model
      #expect(try opened.upsample(small) == base.model.upsample(small))
      _ = try opened.upsample(small, decoding: .crisp)
    }
  }

  @Test func resumedIsUninterrupted() throws {
    try withRun { folder, data, base in
      var tuned = try trainer(run: folder + "/whole", adversarialWeight: 0.1, steps: 5)
      try tuned.initialize(from: base)
      _ = try tuned.fit(data, steps: 5)
      tuned.run = folder + "/parts"
      let stop = StopSignal([])
      let stopper = EventHandler {
        if case .step(let step) = $0, step.step == 2 { stop.request() }
      }
      #expect(try tuned.fit(data, steps: 5, stop: stop, observers: [stopper]).step == 2)
      var resumed = try trainer(run: tuned.run, adversarialWeight: 0.1, steps: 5)
      resumed.options = tuned.options
      _ = try resumed.fit(data, steps: 5, resume: .required)
      let name = "/checkpoints/step-00000005.safetensors"
      #expect(try Files.read(folder + "/whole" + name) == Files.read(folder + "/parts" + name))
    }
  }
}
