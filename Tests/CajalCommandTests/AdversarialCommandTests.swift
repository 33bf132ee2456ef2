import Cajal
import Foundation
import Testing

@testable import CajalCommand

/// Adversarial fine-tuning and its pictures at the command line.
@Suite struct AdversarialCommandTests {
  private func train(_ work: Workspace, _ run: String, _ more: [String]) throws -> CommandOutcome {
    try CajalProcess.run(["train", "--data", work.data, "--run", run] + more)
  }

  @Test func aRunIsFineTunedAndUsed() throws {
    let work = try Workspace()
    let small = [
      "trunk_width=8", "trunk_blocks=1", "head_width=8", "head_layers=1",
      "adversarial_batch_size=2",
    ]
    let base = try train(
      work, work.run,
      ["--steps", "1", "--hparams", "restoration_small", "--evaluation-examples", "1"]
        + small.dropLast().flatMap { ["--set", $0] })
    try #require(base.status == 0, "\(base.errors)")
    let tuned = work.path + "/tuned"
    let outcome = try train(
      work, tuned,
      [
        "--initialize-from", work.run, "--adversarial", "0.03", "--adversarial-code", "2",
        "--steps", "2", "--evaluation-examples", "1", "--set", small[4],
      ])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let recorded: PictureRunConfiguration<RestorationModel> = try RunFolder(existing: tuned)
      .configuration()
    let hyperparameters = recorded.model.hyperparameters
    #expect(hyperparameters.adversarialWeight == 0.03 && hyperparameters.trunkWidth == 8)
    #expect(hyperparameters.adversarialCode == 2)
    #expect(recorded.hyperparameterSet == "restoration_small" && recorded.options.batchSize == 2)
    #expect(recorded.initialWeights?.run == work.run && recorded.groups["trunk"] == .frozen)
    #expect(try CajalProcess.run(["train", "--resume", "--run", tuned]).status == 0)

    let output = work.path + "/panel.png"
    let use = ["--data", work.data, "--decoding", "crisp"]
    let drawn = try CajalProcess.run(["predict", "--run", tuned, "-o", output] + use)
    #expect(drawn.status == 0, "\(drawn.errors)")
    let zeros = try Image(contentsOf: output)
    let other = try CajalProcess.run(
      ["predict", "--run", tuned, "-o", output, "--seed", "3"] + use)
    #expect(other.status == 0, "\(other.errors)")
    #expect(try Image(contentsOf: output).width == zeros.width)
    let measured = try CajalProcess.run(
      ["evaluate", "--run", tuned, "--examples", "2", "--json"] + use)
    #expect(measured.status == 0 && measured.output.contains(#""crisp""#), "\(measured.errors)")
    let refused = try CajalProcess.run(["evaluate", "--run", work.run, "--examples", "1"] + use)
    #expect(refused.status == 2 || refused.status == 1)
    #expect(
      refused.errors.contains("cajal train --initialize-from RUN --adversarial 0.02"),
      "\(refused.errors)")
  }

  @Test func whatIsMissingIsNamed() throws {
    let work = try Workspace()
    let wanted = "needs a trained model; name its run with --initialize-from RUN"
    for options in [["--adversarial", "0.03"], ["--set", "adversarial_weight=0.03"]] {
      let outcome = try train(work, work.run, options)
      #expect(outcome.status == 2 && outcome.errors.contains(wanted), "\(outcome.errors)")
    }
    let other = try train(
      work, work.run, ["--adversarial", "0.03", "--hparams", "cajal2d_tiny", "--steps", "1"])
    #expect(other.status == 2 && other.errors.contains("is for restoration models"))
    for (options, sentence) in [
      (["--adversarial-code", "4"], "adversarial_code: has no effect without adversarial_weight"),
      (
        ["--adversarial-code", "4", "--hparams", "cajal2d_tiny", "--steps", "1"],
        "--adversarial-code is for restoration models"
      ),
      (["--adversarial", "0.03", "--adversarial-code", "65"], "is at most 64, not 65"),
    ] {
      let outcome = try train(work, work.run, options)
      #expect(outcome.status == 2 && outcome.errors.contains(sentence), "\(outcome.errors)")
    }
    let zero = try train(work, work.run, ["--adversarial", "0"])
    #expect(zero.status == 2 && zero.errors.contains("--adversarial is a positive number"))
    #expect(!FileManager.default.fileExists(atPath: work.run))
  }
}
