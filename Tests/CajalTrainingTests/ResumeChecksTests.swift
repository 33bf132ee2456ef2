import Cajal
import CajalSupport
import Foundation
import Testing

/// A run continues only with what it was begun with.
@Suite struct ResumeChecksTests {
  private func otherData(in folder: String) throws -> Dataset {
    let pictures = (7...9).map { number in
      Picture(name: "section-\(number)") {
        SyntheticTissue.section(seed: UInt64(number), width: 64, height: 64)
      }
    }
    return try AllenBrain(.upsampling(from: 2, to: 4))
      .setting(["tile_size": "16", "tissue": "everything"])
      .generateData(from: .pictures(pictures), to: folder + "/other")
  }

  @Test func otherDataAreRefusedAndMovedOnesAreNot() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try smallTrainer(run: run.path + "/run")
      _ = try trainer.fit(data, steps: 2)
      let other = try otherData(in: run.path)
      let text = message { _ = try trainer.fit(other, steps: 3, resume: .required) }
      #expect(text.contains("cannot resume \(trainer.run)") && text.contains(other.directory))
      #expect(text.contains("was cut from other pictures"))
      try FileManager.default.moveItem(
        atPath: data.directory, toPath: run.path + "/moved")
      let moved = try Dataset(at: run.path + "/moved")
      #expect(try trainer.fit(moved, steps: 3, resume: .required).step == 3)
      #expect(
        try TrainedRun<Img2ImgTransformer>(trainer.run).dataRecord(as: PictureDataRecord.self).data
          == run.path + "/moved")
    }
  }

  /// A run of a version that recorded neither the data nor losses, in checkpoints of format 1, ends
  /// in the same bits, and what is missing in its configuration is filled in.
  @Test func runsOfEarlierVersionsContinue() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/whole")
      let whole = try trainer.fit(data, steps: 6).model.parameters
      trainer.run = run.path + "/parts"
      _ = try trainer.fit(data, steps: 6, stoppingAfter: 3)
      let folder = try RunFolder(existing: trainer.run)
      try makeFormat1(folder.checkpointPath(step: 3))
      try makeEarlierConfiguration(trainer.run)
      #expect(
        try TrainedRun<Img2ImgTransformer>(trainer.run)
          .dataRecord(as: PictureDataRecord.self).dataFingerprint == nil)
      #expect(try trainer.fit(data, steps: 6, resume: .required).model.parameters == whole)
      #expect(
        try TrainedRun<Img2ImgTransformer>(trainer.run)
          .dataRecord(as: PictureDataRecord.self).dataFingerprint == data.fingerprint)
      let other = try otherData(in: run.path)
      #expect(
        message { _ = try trainer.fit(other, steps: 6, resume: .required) }
          .contains("other pictures"))
    }
  }

  @Test func aRunThatIsNotThereIsNamed() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/first")
      _ = try trainer.fit(data, steps: 1, resume: .ifPresent)
      trainer.run = run.path + "/frist"
      let text = message { _ = try trainer.fit(data, steps: 1, resume: .required) }
      #expect(text.contains("no run to resume in \(run.path)/frist"))
      #expect(text.hasSuffix("did you mean \(run.path)/first?"))
      #expect(!Files.exists(trainer.run))
      try Files.createDirectory(trainer.run)
      #expect(
        message { _ = try trainer.fit(data, steps: 1, resume: .required) }
          .contains("neither config.json nor checkpoints"))
      trainer.run = run.path + "/first"
      #expect(throws: TrainingError.runExists(trainer.run)) { try trainer.fit(data, steps: 2) }
      #expect(try trainer.fit(data, steps: 2, resume: .ifPresent).step == 2)
    }
  }

  /// Killed before its first checkpoint, a run begins at step 0 with what it recorded.
  @Test func aRunWithoutCheckpointsBeginsAgain() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      let whole = try trainer.fit(data, steps: 2).model.parameters
      try FileManager.default.removeItem(atPath: trainer.run + "/checkpoints")
      #expect(try trainer.fit(data, steps: 2, resume: .required).model.parameters == whole)
      try FileManager.default.removeItem(atPath: trainer.run + "/checkpoints")
      trainer.options.seed = 5
      #expect(
        message { _ = try trainer.fit(data, steps: 2, resume: .required) }.contains("seed is 5"))
      #expect(try trainer.fit(data, steps: 2, resume: .ifPresent).step == 2)
    }
  }

  /// If not given, the number of replicas is the run's, on any machine; a number that gives
  /// other bits is refused, and replicas without work do not count.
  @Test func replicas() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/whole")
      trainer.options.replicas = 3
      let whole = try trainer.fit(data, steps: 4).model.parameters
      trainer.run = run.path + "/parts"
      _ = try trainer.fit(data, steps: 4, stoppingAfter: 2)
      trainer.options.replicas = 2
      let text = message { _ = try trainer.fit(data, steps: 4, resume: .required) }
      #expect(text.contains("number of replicas is 2, was 3"))
      trainer.options.replicas = nil
      #expect(try trainer.fit(data, steps: 4, resume: .required).model.parameters == whole)
      #expect(try TrainedRun<Img2ImgTransformer>(trainer.run).configuration.options.replicas == 3)

      trainer.run = run.path + "/many"
      trainer.options.replicas = 4
      _ = try trainer.fit(data, steps: 2)
      trainer.options.replicas = 9
      #expect(try trainer.fit(data, steps: 3, resume: .required).step == 3)
    }
  }

  /// With a schedule that does not depend on the number of steps, a longer run is the same as one
  /// that was as long from the beginning, in its bits and in its log.
  @Test func aRunCanBeMadeLonger() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/whole")
      trainer.options.logInterval = 4
      trainer.options.evaluationInterval = 4
      trainer.options.evaluationExamples = 1
      let whole = try trainer.fit(data, steps: 9)
      trainer.run = run.path + "/parts"
      #expect(try trainer.fit(data, steps: 6).records.map(\.step) == [4, 4, 6, 6])
      let parts = try trainer.fit(data, steps: 9, resume: .required)
      #expect(parts.model.parameters == whole.model.parameters)
      #expect(lines(parts) == lines(whole))
      let text = message { _ = try trainer.fit(data, steps: 8, resume: .required) }
      #expect(text.contains("9 steps have been made, more than the 8 asked for"))
    }
  }

  @Test func aCosineEndsWhereItEnds() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.optimizer = .adamW(1e-2 * .cosineDecay(steps: 3))
      _ = try trainer.fit(data, steps: 3)
      trainer.optimizer = .adamW(1e-2 * .cosineDecay(steps: 5))
      #expect(
        throws: TrainingError.scheduleDependsOnSteps(
          run: trainer.run, steps: 5, recordedSteps: 3)
      ) { try trainer.fit(data, steps: 5, resume: .required) }
      trainer.optimizer = .adamW(2e-2 * .cosineDecay(steps: 5))
      #expect(
        message { _ = try trainer.fit(data, steps: 5, resume: .required) }
          .contains("the optimizer or its schedule has changed"))
    }
  }

  /// A checkpoint that was copied from another run fits the model and is still another run's.
  @Test func aCheckpointOfAnotherRunIsNamed() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/a")
      _ = try trainer.fit(data, steps: 2)
      trainer.run = run.path + "/b"
      trainer.options.seed = 3
      _ = try trainer.fit(data, steps: 2)
      let paths = try ["/a", "/b"].map {
        try RunFolder(existing: run.path + $0).checkpointPath(step: 2)
      }
      try Files.writeAtomically(to: paths[1], Files.read(paths[0]))
      let text = message { _ = try trainer.fit(data, steps: 3, resume: .required) }
      #expect(
        text.hasPrefix("cannot use checkpoint \(paths[1]): it has seed 1 where the run has 3"))
    }
  }

  @Test func aHyperparameterThatDiffersIsNamed() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      _ = try trainer.fit(data, steps: 1)
      trainer.model = try Img2ImgTransformer(
        trainer.model.hyperparameters.with { $0.filterSize = 24 }, for: data.problem)
      #expect(
        message { _ = try trainer.fit(data, steps: 1, resume: .required) }
          .contains("filter_size is 24, was 16"))
    }
  }

  /// Stopped between two lines of the log, a run continues with the same lines, but for the wall
  /// time.
  @Test(arguments: [1, 3, 4, 5]) func theLogIsThatOfAnUninterruptedRun(stop: Int) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/whole")
      trainer.options.logInterval = 4
      trainer.options.evaluationInterval = 3
      let whole = try trainer.fit(data, steps: 7)
      trainer.run = run.path + "/parts"
      _ = try trainer.fit(data, steps: 7, stoppingAfter: stop)
      let parts = try trainer.fit(data, steps: 7, resume: .required)
      #expect(lines(whole).count == 5)
      #expect(lines(parts) == lines(whole))
    }
  }

  /// The records without what depends on the wall time.
  private func lines(_ history: TrainingHistory<Img2ImgTransformer>) -> [LogRecord] {
    history.records.map { record in
      var record = record
      for name in ["seconds", "images_per_second"] { record.values[name] = nil }
      return record
    }
  }
}
