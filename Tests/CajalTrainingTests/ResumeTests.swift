import Cajal
import CajalFiles
import Foundation
import Testing

@Suite struct ResumeTests {
  /// A resumed training whose checkpoints are all broken must not begin again at step 0.
  @Test func brokenCheckpointsAreNotOverwritten() throws {
    try withRunFolder { run in
      let problem = try AllenBrain.inpainting16.setting(["tissue": "everything"])
      let data = try problem.generateData(
        from: SyntheticTissue.sections(2, size: 64), to: run.path + "/data")
      let hyperparameters = Img2ImgHyperparameters.img2imgTransformer2DTiny.with {
        $0.hiddenSize = 8
        $0.filterSize = 8
        $0.numHeads = 1
        $0.numEncoderLayers = 1
        $0.numDecoderLayers = 1
        $0.queryShape = [4, 12]
        $0.memoryFlange = [4, 12]
        $0.batchSize = 1
      }
      let model = try Img2ImgTransformer(hyperparameters, for: problem, seed: 1)
      var trainer = Trainer(
        model: model, optimizer: .adam(.constant(0.001)), run: run.path + "/run")
      trainer.options.evaluationInterval = 0
      trainer.options.checkpointInterval = 1
      _ = try trainer.fit(data, steps: 2)

      let folder = try RunFolder(existing: trainer.run)
      for step in [1, 2] {
        try Files.writeAtomically(to: folder.checkpointPath(step: step), [1, 2, 3])
      }
      var skipped: [String] = []
      #expect(throws: TrainingError.noCheckpoint(run: trainer.run)) {
        _ = try trainer.fit(data, steps: 2, resume: true) {
          if case .skippedCheckpoint(let reason) = $0 { skipped.append(reason) }
        }
      }
      #expect(skipped.count == 2 && skipped[0].contains(folder.checkpointPath(step: 2)))
      #expect(try Files.read(folder.checkpointPath(step: 2)) == [1, 2, 3])
    }
  }
}
