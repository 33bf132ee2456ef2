import Cajal
import CajalSupport
import Testing

@Suite struct TrainerTests {
  /// Stopped after three steps and resumed, a run is bit-identical to an uninterrupted one, for
  /// any number of replicas.
  @Test(arguments: [1, 2, 3]) func resumedIsUninterrupted(replicas: Int) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/whole")
      trainer.options.replicas = replicas
      trainer.options.logInterval = 1
      let whole = try trainer.fit(data, steps: 6)
      trainer.run = run.path + "/parts"
      let first = try trainer.fit(data, steps: 6, stoppingAfter: 3)
      #expect(first.step == 3 && first.wasStopped)
      let second = try trainer.fit(data, steps: 6, resume: true)
      #expect(!second.wasStopped)
      #expect(second.model.parameters == whole.model.parameters)
      #expect(
        try Files.read(run.path + "/whole/checkpoints/step-00000006.safetensors")
          == Files.read(run.path + "/parts/checkpoints/step-00000006.safetensors"))
      let losses = { (history: TrainingHistory<Img2ImgTransformer>) in history.losses().map(\.loss)
      }
      #expect(losses(second) == losses(whole))
    }
  }

  /// The gradient of a batch does not depend on how it is cut, but for the rounding of its sums:
  /// after one step of gradient descent the weights are as close as those.
  @Test(arguments: [(2, 1), (4, 1), (1, 2), (2, 3)])
  func microBatchesAddUp(microBatch: Int, replicas: Int) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/a")
      trainer.optimizer = .sgd(.constant(1))
      trainer.options.replicas = 1
      let whole = try trainer.fit(data, steps: 1).model.parameters.buffers[0].scalars
      trainer.run = run.path + "/b"
      trainer.options.microBatchSize = microBatch
      trainer.options.replicas = replicas
      let cut = try trainer.fit(data, steps: 1).model.parameters.buffers[0].scalars
      let start = trainer.model.parameters.buffers[0].scalars
      var (difference, change) = (0.0, 0.0)
      for index in start.indices {
        difference += Double(cut[index] - whole[index]) * Double(cut[index] - whole[index])
        change += Double(whole[index] - start[index]) * Double(whole[index] - start[index])
      }
      #expect(change > 0)
      #expect((difference / change).squareRoot() < 1e-5)
    }
  }

  /// Inputs change their size with the step, resumed in the middle of the second size too.
  @Test func scheduledInputSizes() throws {
    try withRunFolder { run in
      let stored = try smallData(in: run.path)
      let problem = try AllenBrain(.upsampling(from: 2, to: 4)).setting([
        "tile_size": "16", "tissue": "everything", "input_schedule": "4:2,3:2",
      ])
      let data = try Dataset(at: stored.directory, for: problem)
      var trainer = try smallTrainer(run: run.path + "/whole")
      let whole = try trainer.fit(data, steps: 6)
      #expect(whole.model.inputRows == 2)
      trainer.run = run.path + "/parts"
      _ = try trainer.fit(data, steps: 6, stoppingAfter: 3)
      let parts = try trainer.fit(data, steps: 6, resume: true)
      #expect(parts.model.parameters == whole.model.parameters)
      trainer.run = run.path + "/plain"
      #expect(try trainer.fit(stored, steps: 6).model.parameters != whole.model.parameters)
      let recorded = try TrainedRun<Img2ImgTransformer>(run.path + "/whole")
        .dataRecord(as: PictureDataRecord.self)
      #expect(recorded.problemOptions["input_schedule"] == "4:2,3:2")
    }
  }

  /// A model that normalizes gives pictures on the scale of the data, and a run remembers how.
  @Test func normalizedTrainings() throws {
    try withRunFolder { run in
      let stored = try smallData(in: run.path)
      let problem = try AllenBrain(.upsampling(from: 2, to: 4)).setting([
        "tile_size": "16", "tissue": "everything", "normalization": "training_set",
      ])
      let data = try Dataset(at: stored.directory, for: problem)
      var trainer = try smallTrainer(run: run.path + "/run")
      #expect(throws: TrainingError.self) { try trainer.fit(data, steps: 2) }
      trainer.model.normalization = data.problem.normalization
      let trained = try trainer.fit(data, steps: 2).model
      let opened = try TrainedRun<Img2ImgTransformer>(run.path + "/run").model
      #expect(opened.normalization == data.problem.normalization)
      let input = try data.evaluationExamples[0].example().input
      let picture = try opened.upsample(input)
      #expect(picture == (try trained.upsample(input)))
      let normalization = try #require(opened.normalization)
      // Every value of the picture is one that normalized values are restored to.
      let possible = Set(
        normalization.restored((0...255).flatMap { [UInt8($0), UInt8($0), UInt8($0)] }))
      #expect(possible.isSuperset(of: picture.pixels))
      var plain = opened
      plain.normalization = nil
      let normalized = Image(
        width: 2, height: 2, channels: 3, pixels: normalization.normalized(input.pixels))
      #expect(
        normalization.restored(try plain.upsample(normalized).pixels) == picture.pixels)
    }
  }

  @Test func lossFalls() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.options.logInterval = 1
      let losses = try trainer.fit(data, steps: 12).losses().map(\.loss)
      #expect(losses.count == 12)
      #expect(losses[11] < losses[0] - 0.2)
    }
  }

  @Test func divergenceNamesStepAndCheckpoint() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      // The first update is small, and each later one ten billion times as large.
      trainer.optimizer = .sgd(1e-3 * .exponentialDecay(rate: 1e10, steps: 1))
      trainer.options.checkpointInterval = 1
      let error = #expect(throws: TrainingError.self) { try trainer.fit(data, steps: 5) }
      let folder = try RunFolder(existing: trainer.run)
      let steps = try folder.checkpointSteps()
      #expect(steps.first == 1)
      let text = "\(try #require(error))"
      #expect(text.contains(" at step "))
      #expect(
        text.contains("last good checkpoint is \(folder.checkpointPath(step: steps.last ?? 0));"))
    }
  }

  @Test func runsAreNotMixed() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      _ = try trainer.fit(data, steps: 2)
      #expect(throws: TrainingError.runExists(trainer.run)) { try trainer.fit(data, steps: 4) }
      trainer.options.seed = 9
      let error = #expect(throws: TrainingError.self) {
        try trainer.fit(data, steps: 2, resume: true)
      }
      #expect("\(try #require(error))".contains("the seed is 9, was 1"))
    }
  }
}
