import Cajal
import CajalSupport
import Foundation
import Testing

/// A run can begin with the weights of another one.
@Suite struct FineTuningTests {
  @Test func weightsAreTakenAndRecorded() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/first")
      _ = try trainer.fit(data, steps: 3)
      let first = try TrainedRun<Img2ImgTransformer>(trainer.run)
      var second = try smallTrainer(run: run.path + "/second")
      try second.initialize(from: first)
      #expect(second.model.parameters == first.model.parameters)
      let history = try second.fit(data, steps: 2)
      // Its own count of steps and moments that begin at 0.
      #expect(history.step == 2 && history.model.parameters != first.model.parameters)
      let recorded = try TrainedRun<Img2ImgTransformer>(second.run).configuration.initialWeights
      #expect(recorded?.run == first.path && recorded?.step == 3)
      trainer = second
      trainer.run = run.path + "/third"
      #expect(try trainer.fit(data, steps: 2).model.parameters == history.model.parameters)
    }
  }

  /// The first weights are in a checkpoint, so that the run can be resumed whenever it was killed
  /// and without the other run.
  @Test func itIsResumedWithoutTheOtherRun() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/first")
      _ = try trainer.fit(data, steps: 2)
      var second = try smallTrainer(run: run.path + "/whole")
      try second.initialize(from: TrainedRun<Img2ImgTransformer>(trainer.run))
      let whole = try second.fit(data, steps: 3).model.parameters
      second.run = run.path + "/parts"
      let stop = StopSignal([])
      stop.request()
      #expect(try second.fit(data, steps: 3, stop: stop).step == 0)
      try FileManager.default.removeItem(atPath: trainer.run)
      trainer = try smallTrainer(run: second.run)
      #expect(try trainer.fit(data, steps: 3, resume: .required).model.parameters == whole)
      #expect(try TrainedRun<Img2ImgTransformer>(second.run).configuration.initialWeights != nil)
      // Weights of a third run would not be used.
      try second.initialize(from: TrainedRun<Img2ImgTransformer>(run.path + "/whole"))
      #expect(
        message { _ = try second.fit(data, steps: 3, resume: .ifPresent) }
          .contains("the first weights are those of \(run.path)/whole, were"))
    }
  }

  /// Weights that are drawn must not pass for those of the other run.
  @Test func withoutACheckpointThereAreNoFirstWeights() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try smallTrainer(run: run.path + "/first")
      _ = try trainer.fit(data, steps: 1)
      var second = try smallTrainer(run: run.path + "/second")
      try second.initialize(from: TrainedRun<Img2ImgTransformer>(trainer.run))
      _ = try second.fit(data, steps: 1)
      let folder = try RunFolder(existing: second.run)
      for step in try folder.checkpointSteps() {
        try FileManager.default.removeItem(atPath: folder.checkpointPath(step: step))
      }
      let resumed = try smallTrainer(run: second.run)
      #expect(throws: TrainingError.noCheckpoint(run: second.run)) {
        try resumed.fit(data, steps: 1, resume: .required)
      }
      #expect(try folder.checkpointSteps().isEmpty)
      #expect(try second.fit(data, steps: 1, resume: .ifPresent).step == 1)
    }
  }

  @Test func theFirstParameterThatDiffersIsNamed() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try smallTrainer(run: run.path + "/first")
      _ = try trainer.fit(data, steps: 1)
      let first = try TrainedRun<Img2ImgTransformer>(trainer.run)
      func refusal(_ change: (inout Img2ImgHyperparameters) -> Void) throws -> String {
        var other = try smallTrainer(run: run.path + "/second")
        other.model = try Img2ImgTransformer(
          other.model.hyperparameters.with(change), for: data.problem)
        let before = other.model.parameters
        let text = message { try other.initialize(from: first) }
        #expect(other.model.parameters == before && other.initialWeights == nil)
        return text
      }
      let wide = try refusal { $0.hiddenSize = 32 }
      #expect(wide.contains(first.path) && wide.contains("has shape") && wide.contains("16]"))
      #expect(try refusal { $0.numDecoderLayers = 2 }.contains("it has no parameter '"))
      #expect(try refusal { $0.numEncoderLayers = 0 }.contains("the model has no parameter '"))
      #expect(!Files.exists(run.path + "/second"))
    }
  }
}
