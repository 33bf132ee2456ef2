import Cajal
import CajalSupport
import Foundation
import Testing

@Suite struct ResumeTests {
  /// A resumed run whose checkpoints are all broken must not restart at step 0.
  @Test func brokenCheckpointsAreNotOverwritten() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.options.evaluationInterval = 0
      trainer.options.checkpointInterval = 1
      _ = try trainer.fit(data, steps: 2)

      let folder = try RunFolder(existing: trainer.run)
      for step in [1, 2] {
        try Files.writeAtomically(to: folder.checkpointPath(step: step), [1, 2, 3])
      }
      let events = Events()
      #expect(throws: TrainingError.noCheckpoint(run: trainer.run)) {
        _ = try trainer.fit(data, steps: 2, resume: true, observers: [events])
      }
      let skipped = events.skipped
      #expect(skipped.count == 2 && skipped[0].contains(folder.checkpointPath(step: 2)))
      #expect(try Files.read(folder.checkpointPath(step: 2)) == [1, 2, 3])
    }
  }
}
