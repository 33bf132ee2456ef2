import Cajal
import CajalSupport
import Foundation
import Testing

/// Adversarial fine-tuning of a trained run.
@Suite struct AdversarialTrainingTests {
  private let problem = AllenBrain(.upsampling(from: 2, to: 4))

  private func trainer(
    run: String, adversarialWeight: Float, code: Int = 0, seed: UInt64 = 2, steps: Int
  ) throws -> Trainer<RestorationModel> {
    let hyperparameters = RestorationHyperparameters.small.with {
      $0.trunkWidth = 8
      $0.trunkBlocks = 1
      $0.headWidth = 8
      $0.headLayers = 1
      $0.batchSize = 4
      $0.adversarialBatchSize = 4
      $0.adversarialWeight = adversarialWeight
      $0.adversarialCode = code
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
      _ = try opened.upsample(small, decoding: .crisp())
    }
  }

  @Test(arguments: [0, 3]) func resumedIsUninterrupted(code: Int) throws {
    try withRun { folder, data, base in
      var tuned = try trainer(
        run: folder + "/whole", adversarialWeight: 0.1, code: code, steps: 5)
      try tuned.initialize(from: base)
      _ = try tuned.fit(data, steps: 5)
      tuned.run = folder + "/parts"
      let stop = StopSignal([])
      let stopper = EventHandler {
        if case .step(let step) = $0, step.step == 2 { stop.request() }
      }
      #expect(try tuned.fit(data, steps: 5, stop: stop, observers: [stopper]).step == 2)
      var resumed = try trainer(run: tuned.run, adversarialWeight: 0.1, code: code, steps: 5)
      resumed.options = tuned.options
      _ = try Threads.limited(to: 1) {
        try resumed.fit(data, steps: 5, resume: .required)
      }
      let name = "/checkpoints/step-00000005.safetensors"
      #expect(try Files.read(folder + "/whole" + name) == Files.read(folder + "/parts" + name))
    }
  }

  /// A run with codes begins with the pictures of one without where codes are zeros; from then on it
  /// is of their kind. Which codes are drawn does not depend on the number of replicas.
  @Test func codesBeginWithARunWithoutThem() throws {
    try withRun { folder, data, base in
      func tuned(_ name: String, replicas: Int) throws -> TrainingHistory<RestorationModel> {
        var tuned = try trainer(
          run: folder + "/" + name, adversarialWeight: 0.1, code: 2, steps: 2)
        tuned.options.replicas = replicas
        try tuned.initialize(from: base)
        let small = Image(width: 2, height: 2, channels: 3, filledWith: 100)
        #expect(
          try tuned.model.upsample(small, decoding: .crisp()) == base.model.upsample(small))
        let kernel = try #require(tuned.model.layout["crisp/code/kernel"])
        #expect(
          try tuned.model.parameters[kernel]
            == trainer(
              run: "", adversarialWeight: 0.1, code: 2, steps: 2
            ).model.parameters[kernel])
        return try tuned.fit(data, steps: 2)
      }
      let (two, one) = (try tuned("two", replicas: 2), try tuned("one", replicas: 1))
      let errors = [two, one].map { $0.records.first { $0.kind == "train" }?["code_error"] }
      #expect(errors[0] != nil && errors[0] == errors[1])

      let run = try TrainedRun<RestorationModel>(folder + "/two")
      var again = try trainer(run: "", adversarialWeight: 0.1, code: 2, steps: 2)
      try again.initialize(from: run)
      #expect(again.model.parameters == run.model.parameters)
      var without = try trainer(run: "", adversarialWeight: 0.1, steps: 2)
      #expect(
        message { try without.initialize(from: run) }
          .contains("the model has no parameter 'crisp/code/kernel'"))
    }
  }

  /// Pictures show their codes, and the discriminator learns to see them.
  @Test func codesAreLearned() throws {
    try withRunFolder { run in
      let data = try AllenBrain(.upsampling(from: 4, to: 16))
        .setting(["tile_size": "16", "tissue": "everything"])
        .generateData(from: SyntheticTissue.sections(3, size: 64), to: run.path + "/data")
      let hyperparameters = RestorationHyperparameters.small.with {
        $0.trunkWidth = 8
        $0.trunkBlocks = 1
        $0.adversarialWeight = 0.03
        $0.adversarialCode = 1
        $0.adversarialBatchSize = 16
        $0.crispLearningRate = 2e-3
        $0.discriminatorLearningRate = 1e-3
      }
      var options = TrainerOptions()
      options.evaluationInterval = 0
      options.logInterval = 20
      let model = try RestorationModel(hyperparameters, for: data.problem, seed: 2)
      let trainer = Trainer(model: model, steps: 120, run: run.path + "/tuned", options: options)
      let records = try trainer.fit(data, steps: 120).records
      let errors = records.filter { $0.kind == "train" }.compactMap { $0["code_error"] }
      // Telling nothing has an error of 1/3.
      #expect(errors.count == 6 && (errors.last ?? 1) < 0.2, "\(errors)")
    }
  }
}
