import Cajal
import Foundation
import Testing

/// `train --resume` needs no more than the run's name, and refuses what differs from it.
@Suite struct ResumeCommandTests {
  private func train(_ arguments: String...) throws -> CommandOutcome {
    try CajalProcess.run(["train"] + arguments)
  }

  private func configuration(
    _ run: String
  ) throws -> RunConfiguration<Img2ImgTransformer.Configuration, PictureDataRecord> {
    try RunFolder(existing: run).configuration()
  }

  @Test func everythingComesFromTheRun() throws {
    let work = try Workspace()
    let constant = ["--set", "learning_rate_decay_scheme=constant"]
    let whole = try CajalProcess.run(work.training(steps: 4, "--seed", "7") + constant)
    try #require(whole.status == 0, "\(whole.errors)")
    let short = work.path + "/short"
    let first = try CajalProcess.run(
      work.training(short, steps: 2, "--seed", "7", "--micro-batch", "1") + constant)
    try #require(first.status == 0, "\(first.errors)")

    let resumed = try train("--resume", "--run", short)
    #expect(resumed.status == 0 && resumed.output.hasPrefix("trained 2 steps in \(short)\n"))
    let longer = try train("--resume", "--run", short, "--steps", "4", "--keep", "1")
    #expect(longer.status == 0, "\(longer.errors)")
    #expect(
      try Workspace.checkpoint(short, step: 4) == Workspace.checkpoint(work.run, step: 4))
    let recorded = try configuration(short)
    #expect(recorded.steps == 4 && recorded.options.checkpointsKept == 1)
    #expect(
      recorded.options.checkpointInterval == 1 && recorded.hyperparameterSet == "cajal2d_tiny")

    // Moved data are found with --data, and once only.
    let moved = work.path + "/moved"
    try FileManager.default.moveItem(atPath: work.data, toPath: moved)
    let gone = try train("--resume", "--run", short)
    #expect(gone.status == 2 && gone.errors.contains("cannot read \(work.data): "))
    #expect(gone.errors.contains("--data"))
    #expect(try train("--resume", "--run", short, "--data", moved).status == 0)
    #expect(try train("--resume", "--run", short).status == 0)
  }

  @Test func whatDiffersIsNamed() throws {
    let work = try Workspace()
    try work.train()
    let differing: [([String], String)] = [
      (["--seed", "3"], "the seed is 3, was 1"),
      (["--replicas", "1"], "the number of replicas is 1, was 2"),
      (["--micro-batch", "2"], "the micro-batch size is 2, was 1"),
      (["--set", "hidden_size=32"], "hidden_size is 32, was 16"),
      (["--hparams", "cajal2d_base"], "cajal2d_base, was cajal2d_tiny"),
      (["--problem", "allen-brain-16to32"], "allen-brain-16to32, was allen-brain-8to32"),
      (["--option", "augmentation=none"], "augmentation is none, was flips_and_rotations"),
      (["--steps", "1"], "2 steps have been made"),
      (["--steps", "500"], "--initialize-from \(work.run)"),
    ]
    for (options, text) in differing {
      let refused = try CajalProcess.run(["train", "--resume", "--run", work.run] + options)
      #expect(refused.status == 2 && refused.errorLines.count == 1, "\(refused.errors)")
      #expect(refused.errors.contains(text), "\(refused.errors)")
    }
    let harmless = try train(
      "--resume", "--run", work.run, "--hparams", "cajal2d_tiny", "--set", "hidden_size=16",
      "--replicas", "4", "--evaluate-every", "9", "--checkpoint-every", "9", "--keep", "2")
    #expect(harmless.status == 0, "\(harmless.errors)")
  }

  @Test func aRunThatIsNotThere() throws {
    let work = try Workspace()
    try work.train()
    let mistyped = work.path + "/rnu"
    let refused = try train("--resume", "--run", mistyped, "--data", work.data, "--steps", "2")
    #expect(refused.status == 2 && refused.errorLines.count == 1)
    #expect(refused.errors.contains("did you mean \(work.run)?"))
    #expect(refused.errors.contains("--resume-or-start"))
    #expect(!FileManager.default.fileExists(atPath: mistyped))

    let either = work.training(work.path + "/new", steps: 2, "--resume-or-start")
    for begins in [true, false] {
      let outcome = try CajalProcess.run(either)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("resuming from step 2") != begins)
    }
    let incomplete = try train("--resume-or-start", "--run", mistyped)
    #expect(incomplete.status == 2 && incomplete.errors.contains("--data"))
    let both = try train("--resume", "--resume-or-start", "--run", work.run)
    #expect(both.status == 2 && both.errors.contains("not both"))
  }

  @Test func weightsOfAnotherRun() throws {
    let work = try Workspace()
    try work.train()
    let tuned = work.path + "/tuned"
    let begin = ["--initialize-from", work.run, "--run", tuned, "--data", work.data]
    let wide = try CajalProcess.run(
      ["train"] + begin + ["--steps", "1", "--set", "hidden_size=32"])
    #expect(wide.status == 2 && wide.errors.contains(work.run), "\(wide.errors)")
    #expect(wide.errors.contains("has shape") && !FileManager.default.fileExists(atPath: tuned))
    let excluded = try CajalProcess.run(["train"] + begin + ["--steps", "1", "--resume"])
    #expect(excluded.status == 2 && excluded.errors.contains("--initialize-from"))

    // Without --hparams and --set the model is that of the other run.
    let outcome = try CajalProcess.run(
      ["train"] + begin + ["--steps", "1", "--evaluation-examples", "1", "--seed", "4"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let recorded = try configuration(tuned)
    #expect(recorded.initialWeights == (try configuration(tuned)).initialWeights)
    #expect(recorded.initialWeights?.run == work.run && recorded.initialWeights?.step == 2)
    #expect(recorded.model.hyperparameters.hiddenSize == 16 && recorded.options.seed == 4)
    let first = try CheckpointFile(
      contentsOf: RunFolder(existing: tuned).checkpointPath(step: 0))
    let source = try TrainedRun<Img2ImgTransformer>(work.run)
    #expect(
      try first.weights(for: source.model.layout) == source.model.parameters)
    #expect(try train("--resume", "--run", tuned).status == 0)
    let other = try train(
      "--resume-or-start", "--run", tuned, "--initialize-from", tuned)
    #expect(other.status == 2 && other.errors.contains("the first weights are those of"))
  }

  @Test func otherDataAreRefused() throws {
    let work = try Workspace()
    try work.train()
    let pictures = try work.folder.makeFolder("pictures")
    for seed in 4...6 {
      try SyntheticTissue.section(seed: UInt64(seed), width: 128, height: 128)
        .write(to: "\(pictures)/section-\(seed - 3).png")
    }
    let other = work.path + "/other"
    let made = try CajalProcess.run([
      "datagen", "--images", pictures, "--output", other, "--option", "tissue=everything",
      "--evaluation-section", "section-3.png",
    ])
    try #require(made.status == 0, "\(made.errors)")
    let refused = try train("--resume", "--run", work.run, "--data", other)
    #expect(refused.status == 2 && refused.errorLines.count == 1, "\(refused.errors)")
    #expect(refused.errors.contains(other) && refused.errors.contains("other pictures"))
    #expect(refused.errors.contains("--initialize-from \(work.run)"))
  }
}
