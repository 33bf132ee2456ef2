import Cajal
import CajalSupport
import Synchronization
import TestBackends
import Testing

/// Whole runs on the test backends have the bits of the processor, and a step reads no more from
/// the device than losses, norms and whether the weights are finite.
@Suite struct BackendTrainingTests {
  private static func device(_ name: String) -> Device {
    name == "late" ? Device(LateBackend()) : Device(FaultingBackend())
  }

  /// A trainer of a transformer with dropout, label smoothing and an average of the weights.
  private func trainer(
    run: String, for problem: any Problem, on device: Device
  ) throws -> Trainer<Img2ImgTransformer> {
    let small = try smallTrainer(run: run)
    let hyperparameters = small.model.hyperparameters.with {
      $0.layerPrepostprocessDropout = 0.1
      $0.attentionDropout = 0.1
      $0.labelSmoothing = 0.1
    }
    var trainer = Trainer(
      model: try Img2ImgTransformer(hyperparameters, for: problem, seed: 2, on: device),
      optimizer: .adamW(.constant(1e-2), clipNorm: 1), run: run)
    trainer.options.replicas = 2
    trainer.options.evaluationInterval = 2
    trainer.options.evaluationExamples = 3
    trainer.options.checkpointInterval = 2
    trainer.options.logInterval = 1
    return trainer
  }

  /// The bytes of the last checkpoint, the losses and pictures of a run that is resumed in the
  /// middle.
  private func outcome(
    of data: Dataset, run: String, on device: Device
  ) throws -> (checkpoint: [UInt8], losses: [Double], picture: [UInt8], loss: Double) {
    let trainer = try trainer(run: run, for: data.problem, on: device)
    _ = try trainer.fit(data, steps: 5, stoppingAfter: 3)
    let history = try trainer.fit(data, steps: 5, resume: true)
    let opened = try TrainedRun<Img2ImgTransformer>(run, on: device)
    #expect(opened.model.parameters.device == device)
    let input = try data.evaluationExamples[0].example().input
    let evaluation = try Evaluation(opened.model, on: data, examples: 0..<2)
    #expect(evaluation.predictions.count == 2)
    return (
      try Files.read(RunFolder(existing: run).checkpointPath(step: 5)),
      history.losses().map(\.loss) + history.losses("evaluation").map(\.loss),
      try opened.model.upsample(input, decoding: .sample(seed: 3)).pixels, evaluation.nats
    )
  }

  @Test(arguments: ["late", "faulting"]) func runsHaveTheBitsOfTheProcessor(name: String) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let expected = try outcome(of: data, run: run.path + "/cpu", on: .cpu)
      let own = try outcome(of: data, run: run.path + "/" + name, on: Self.device(name))
      #expect(own.checkpoint == expected.checkpoint)
      #expect(own.losses == expected.losses && own.losses.count == 8)
      #expect(own.picture == expected.picture && own.loss == expected.loss)
    }
  }

  @Test(arguments: ["late", "faulting"]) func groupsHaveTheBitsOfTheProcessor(name: String) throws {
    try withRunFolder { run in
      var checkpoints: [[UInt8]] = []
      for device in [Device.cpu, Self.device(name)] {
        let folder = run.path + "/\(checkpoints.count)"
        let trainer = try pairTrainer(run: folder, dropout: 0.2, on: device)
        _ = try trainer.fit(PairData(width: 5, device: device), steps: 4)
        checkpoints.append(try Files.read(RunFolder(existing: folder).checkpointPath(step: 4)))
      }
      #expect(checkpoints[0] == checkpoints[1])
    }
  }

  /// A replica's losses, the norm of the gradient, and whether the weights are finite.
  @Test func aStepReadsFourNumbers() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let backend = LateBackend()
      var trainer = try trainer(
        run: run.path + "/run", for: data.problem, on: Device(backend))
      trainer.options.evaluationInterval = 0
      trainer.options.checkpointInterval = 100
      let session = try TrainingSession(
        trainer, PictureData(data, for: trainer.model), steps: 100)
      try session.makeStep()
      for _ in 0..<3 {
        let before = backend.roundTrips
        try session.makeStep()
        #expect(backend.roundTrips - before == 4)
      }
    }
  }

  /// Gradients and moments that do not fit are an error with what was asked, not a trap.
  @Test func memoryThatIsNotThereIsAnError() throws {
    try withRunFolder { run in
      let backend = LimitedBackend(bytes: 1 << 20)
      let model = try PairModel(configuration: .init(width: 300), on: Device(backend))
      let trainer = Trainer(model: model, optimizer: .adam(.constant(1e-3)), run: run.path + "/run")
      let error = #expect(throws: AllocationError.self) {
        try trainer.fit(PairData(width: 300, device: Device(backend)), steps: 1)
      }
      #expect(error?.requestedBytes ?? 0 > 300 * 300 * 4 - 1 && error?.totalBytes == 1 << 20)
    }
  }
}
