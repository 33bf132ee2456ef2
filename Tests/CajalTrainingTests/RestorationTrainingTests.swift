import Cajal
import CajalSupport
import Foundation
import TestBackends
import Testing

/// Runs of restoration models: learning, resuming, other devices, and what is recorded.
@Suite struct RestorationTrainingTests {
  private static let trunks = RestorationHyperparameters.Trunk.allCases

  private func trainer(
    run: String, for problem: any Problem,
    trunk: RestorationHyperparameters.Trunk = .convolutions, steps: Int, on device: Device = .cpu
  ) throws -> Trainer<RestorationModel> {
    let hyperparameters = RestorationHyperparameters.small.with {
      $0.trunk = trunk
      $0.trunkWidth = 8
      $0.trunkBlocks = trunk == .uNet ? 2 : 1
      $0.headFeatures = 4
      $0.headWidth = 8
      $0.headLayers = 1
      $0.mixtureComponents = 2
      $0.batchSize = 4
      $0.pixelsPerPicture = 8
      $0.learningRateWarmupSteps = 2
    }
    let model = try RestorationModel(hyperparameters, for: problem, seed: 2, on: device)
    var trainer = Trainer(model: model, steps: steps, run: run)
    trainer.options.replicas = 2
    trainer.options.microBatchSize = 2
    trainer.options.evaluationInterval = 2
    trainer.options.evaluationExamples = 3
    trainer.options.checkpointInterval = 2
    trainer.options.logInterval = 1
    return trainer
  }

  private func stopping(after step: Int) -> (signal: StopSignal, observer: EventHandler) {
    let stop = StopSignal([])
    return (
      stop, EventHandler { if case .step(let made) = $0, made.step == step { stop.request() } }
    )
  }

  /// The bytes of the last checkpoint and the losses of a run that is resumed in the middle.
  private func outcome(
    of data: Dataset, run: String, trunk: RestorationHyperparameters.Trunk, stoppingAfter: Int?,
    on device: Device = .cpu
  ) throws -> (checkpoint: [UInt8], losses: [Double], pictures: [Image]) {
    let trainer = try trainer(run: run, for: data.problem, trunk: trunk, steps: 5, on: device)
    if let stoppingAfter {
      let (signal, observer) = stopping(after: stoppingAfter)
      _ = try trainer.fit(data, steps: 5, stop: signal, observers: [observer])
    }
    let history = try trainer.fit(data, steps: 5, resume: .ifPresent)
    let opened = try TrainedRun<RestorationModel>(run, on: device)
    let input = try data.evaluationExamples[0].example().input
    return (
      try Files.read(RunFolder(existing: run).checkpointPath(step: 5)),
      history.losses().map(\.loss) + history.losses("evaluation").map(\.loss),
      try [.onePass, .sample(seed: 3)].map { try opened.model.upsample(input, decoding: $0) }
    )
  }

  @Test(arguments: trunks) func resumedRunsHaveTheSameBits(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let whole = try outcome(
        of: data, run: run.path + "/whole", trunk: trunk, stoppingAfter: nil)
      for step in [1, 3] {
        let resumed = try outcome(
          of: data, run: run.path + "/\(step)", trunk: trunk, stoppingAfter: step)
        #expect(resumed.checkpoint == whole.checkpoint && resumed.losses == whole.losses)
        #expect(resumed.pictures == whole.pictures)
      }
    }
  }

  @Test(arguments: ["late", "faulting"]) func runsHaveTheBitsOfTheProcessor(name: String) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      for trunk in Self.trunks {
        let folder = run.path + "/" + trunk.rawValue
        let device = name == "late" ? Device(LateBackend()) : Device(FaultingBackend())
        let expected = try outcome(of: data, run: folder, trunk: trunk, stoppingAfter: 3)
        let own = try outcome(
          of: data, run: folder + name, trunk: trunk, stoppingAfter: 3, on: device)
        #expect(own.checkpoint == expected.checkpoint && own.losses == expected.losses)
        #expect(own.pictures == expected.pictures)
      }
    }
  }

  /// The replicas' losses, each with its measures, and for each of the two groups the gradient's
  /// norm and whether the weights are finite.
  @Test func aStepReadsTheTrainersNumbers() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let backend = LateBackend()
      var trainer = try trainer(
        run: run.path + "/run", for: data.problem, steps: 100, on: Device(backend))
      trainer.options.evaluationInterval = 0
      trainer.options.checkpointInterval = 100
      let session = try TrainingSession(
        trainer, PictureData(data, for: trainer.model), steps: 100)
      try session.makeStep()
      for _ in 0..<3 {
        let before = backend.roundTrips
        try session.makeStep()
        #expect(backend.roundTrips - before == 6)
      }
    }
  }

  @Test func trainingLowersTheHeldOutLoss() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try trainer(run: run.path + "/run", for: data.problem, steps: 80)
      trainer.options.evaluationInterval = 80
      trainer.options.checkpointInterval = 80
      let before = try trainer.model.meanLoss(data, examples: 0..<4)
      let history = try trainer.fit(data, steps: 80)
      #expect(try history.model.meanLoss(data, examples: 0..<4) < before - 0.1)
      let steps = try TrainingLog.records(contentsOf: RunFolder(existing: trainer.run).logPath)
        .filter { $0.kind == "train" }
      #expect(steps.allSatisfy { $0["nats"] != nil && $0["absolute_error"] != nil })
    }
  }

  @Test func configurationsAreKeptAndUnknownKeysRefused() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try trainer(run: run.path + "/run", for: data.problem, trunk: .uNet, steps: 1)
      _ = try trainer.fit(data, steps: 1)
      let opened = try TrainedRun<RestorationModel>(trainer.run)
      #expect(opened.model.configuration == trainer.model.configuration)
      #expect(opened.model.configuration.ratio == 2)
      #expect(opened.model.configuration.inputsAreBlockMeans)

      let path = trainer.run + "/config.json"
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      #expect(text.contains("\"restoration\"") && text.contains("\"trunk_width\""))
      let changed = text.replacing("\"trunk_width\"", with: "\"trunk_size\"")
      try Files.writeAtomically(to: path, Array(changed.utf8))
      for message in [
        message { _ = try TrainedRun<RestorationModel>(trainer.run) },
        message { _ = try trainer.fit(data, steps: 1, resume: true) },
      ] {
        #expect(message.contains("its key 'model.hyperparameters.trunk_size'"), "\(message)")
      }
    }
  }

  @Test func problemsOfOneRatio() throws {
    #expect(try RestorationModel(.init(), for: AllenBrain(.upsampling(from: 8, to: 24))).ratio == 3)
    let filling = try RestorationModel(.init(), for: AllenBrain.inpainting16)
    #expect(filling.ratio == 1 && !filling.configuration.inputsAreBlockMeans)
    let error = #expect(throws: HyperparameterError.self) {
      try RestorationModel(.init(), for: AllenBrain.dim48to64)
    }
    #expect(error?.name == "ratio")
  }
}
