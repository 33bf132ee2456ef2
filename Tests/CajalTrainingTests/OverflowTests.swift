import Cajal
import CajalSupport
import Foundation
import Testing

/// What is not finite is never saved.
@Suite struct OverflowTests {
  /// The weights overflow in the update itself, while loss and gradient are finite.
  @Test func weights() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.optimizer = .sgd(.constant(1e300), momentum: 0)
      trainer.options.checkpointInterval = 1
      #expect(throws: TrainingError.overflowed(.weights, step: 1, lastCheckpoint: nil)) {
        try trainer.fit(data, steps: 3)
      }
      #expect(try RunFolder(existing: trainer.run).checkpointSteps().isEmpty)
    }
  }

  /// A penalty can make the gradient infinite, or so large that its square is, which leaves the
  /// weights finite.
  @Test func gradientAndMoments() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.options.checkpointInterval = 1
      let cases: [(Double, TrainingError.Quantity, Int)] = [
        (1e39, .gradient, 0), (1e25, .moments, 1),
      ]
      for (penalty, quantity, step) in cases {
        trainer.optimizer = .adam(.constant(1e-3), l2Penalty: penalty)
        #expect(throws: TrainingError.overflowed(quantity, step: step, lastCheckpoint: nil)) {
          try trainer.fit(data, steps: 2)
        }
        #expect(try RunFolder(existing: trainer.run).checkpointSteps().isEmpty)
      }
    }
  }

  /// Weights that are finite and give a loss that is not are not good either.
  @Test func weightsThatAreTooLarge() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      // One good update, then one that makes everything huge.
      trainer.optimizer = .sgd(1e-3 * .exponentialDecay(rate: 1e38, steps: 1), momentum: 0)
      trainer.options.checkpointInterval = 1
      trainer.options.evaluationInterval = 0
      let error = #expect(throws: TrainingError.self) { try trainer.fit(data, steps: 3) }
      let folder = try RunFolder(existing: trainer.run)
      #expect(try folder.checkpointSteps() == [1])
      let text = "\(try #require(error))"
      #expect(text.contains("not finite at step 2"), "\(text)")
      #expect(text.contains("last good checkpoint is \(folder.checkpointPath(step: 1));"))
    }
  }

  /// Nothing is logged of an evaluation that is not finite.
  @Test func heldOutLoss() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.optimizer = .sgd(.constant(1e37), momentum: 0)
      trainer.options.evaluationInterval = 1
      let error = #expect(throws: TrainingError.self) { try trainer.fit(data, steps: 3) }
      #expect("\(try #require(error))".contains("the held-out loss is not finite at step 1"))
      #expect(try RunFolder(existing: trainer.run).checkpointSteps().isEmpty)
      let records = try TrainingLog.records(contentsOf: trainer.run + "/log.jsonl")
      #expect(records.allSatisfy { $0["loss"]?.isFinite == true })
    }
  }

  /// A checkpoint of an earlier version that had diverged is skipped and named.
  @Test func aDivergedCheckpointIsSkipped() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.options.checkpointInterval = 1
      let whole = try trainer.fit(data, steps: 3).model.parameters
      let path = try RunFolder(existing: trainer.run).checkpointPath(step: 3)
      let file = try SafetensorsFile(contentsOf: path)
      let entries = try file.names.map { name in
        var tensor = try file.tensor(name, as: Float.self)
        if name.hasPrefix("model/"), tensor.count > 0 {
          tensor = tensor + .infinity
        }
        return Safetensors.Entry(name, tensor)
      }
      try Safetensors.write(entries, metadata: file.metadata, to: path)
      try makeFormat1(path)
      let events = Events()
      let again = try trainer.fit(data, steps: 3, resume: .required, observers: [events])
      let reasons = events.skipped
      #expect(again.model.parameters == whole)
      #expect(reasons.count == 1 && reasons[0].contains("\(path): 'model/"))
    }
  }
}
