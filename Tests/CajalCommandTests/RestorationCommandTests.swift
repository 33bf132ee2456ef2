import Cajal
import Foundation
import Testing

/// The restoration models from the command line.
@Suite struct RestorationCommandTests {
  /// What makes a set small enough to be trained in a moment.
  private static let small: [String] = [
    "trunk_width=8", "trunk_blocks=1", "head_features=4", "head_width=8", "head_layers=1",
    "mixture_components=2", "batch_size=2", "pixels_per_picture=16",
  ].flatMap { ["--set", $0] }

  private func succeed(_ arguments: [String]) throws -> CommandOutcome {
    let outcome = try CajalProcess.run(arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
    return outcome
  }

  private func train(_ work: Workspace, _ run: String, _ more: [String] = []) throws {
    _ = try succeed(
      ["train", "--data", work.data, "--run", run, "--steps", "2", "--evaluation-examples", "2"]
        + Self.small + more)
  }

  @Test(arguments: RestorationHyperparameters.setNames) func everySetIsTrained(
    set: String
  ) throws {
    let work = try Workspace()
    try train(work, work.run, ["--hparams", set])
    let recorded: RunConfiguration<RestorationModel.Configuration, PictureDataRecord> =
      try RunFolder(existing: work.run).configuration()
    #expect(recorded.hyperparameterSet == set)
    #expect(recorded.model.hyperparameters.trunkWidth == 8)
    let evaluated = try succeed([
      "evaluate", "--run", work.run, "--data", work.data, "--examples", "1",
    ])
    #expect(evaluated.output.contains("model (one-pass)"))
  }

  @Test func theDefaultIsARestoration() throws {
    let work = try Workspace()
    try train(work, work.run)
    let recorded: RunConfiguration<RestorationModel.Configuration, PictureDataRecord> =
      try RunFolder(existing: work.run).configuration()
    #expect(recorded.hyperparameterSet == "restoration_base")
    #expect(recorded.model.inputsAreBlockMeans && recorded.model.ratio == 4)

    let decodings: [(name: String, more: [String])] = [
      ("one-pass", []), ("greedy", []), ("mean", []), ("sample", ["--temperature", "0.7"]),
    ]
    let picture = try work.folder.write(
      SyntheticTissue.section(seed: 5, width: 7, height: 5).pngData(), to: "small.png")
    let output = work.path + "/large.png"
    var pictures: [Image] = []
    for (name, more) in decodings {
      let decoding = ["--decoding", name] + more
      let evaluated = try succeed(
        ["evaluate", "--run", work.run, "--data", work.data, "--examples", "1"] + decoding)
      #expect(evaluated.output.contains("model (\(name))"))
      #expect(evaluated.output.contains(/credible intervals: \d+\.\d % in those of 50 %,/))
      _ = try succeed(
        ["predict", "--run", work.run, "--data", work.data, "-n", "2"] + decoding
          + ["-o", work.path + "/panel.png"])
      let upsampled = try succeed(
        ["upsample", "--run", work.run, picture, "-o", output] + decoding)
      #expect(upsampled.output == "\(output): 28×20 pixels\n")
      pictures.append(try Image(contentsOf: output))
    }
    _ = try succeed(["upsample", "--run", work.run, picture, "-o", output])
    #expect(try Image(contentsOf: output) == pictures[0])
    #expect(pictures[0] != pictures[3])
    for side in [1, 9] {
      let other = try work.folder.write(
        Image(width: side, height: 2, channels: 3, filledWith: 100).pngData(), to: "other.png")
      let upsampled = try succeed(["upsample", "--run", work.run, other, "-o", output])
      #expect(upsampled.output == "\(output): \(4 * side)×8 pixels\n")
    }

    let refused = try CajalProcess.run([
      "upsample", "--run", work.run, picture, "-o", output, "--decoding", "zero-target",
    ])
    #expect(refused.status == 2 && refused.errorLines.count == 1)
    #expect(
      refused.errors.contains(
        "zero-target is not one of restoration, which has one-pass, self-ensemble, sample, greedy, "
          + "mean"))
  }

  /// A run for whole pictures is trained on large tiles, and measured on those of other runs.
  @Test func anotherProblemAndContext() throws {
    let work = try Workspace()
    try train(work, work.run, ["--problem", "allen-brain-16to64"])
    let place = ["--run", work.run, "--data", work.data]
    func evaluate(_ more: String...) throws -> [String: Any] {
      let outcome = try succeed(["evaluate", "--examples", "2", "--json"] + place + more)
      let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      return try #require(json as? [String: Any])
    }
    let own = try evaluate()
    #expect(own["problem"] == nil && own["context"] == nil)
    let other = try evaluate("--problem", "allen-brain-8to32", "--context", "2")
    #expect(other["problem"] as? String == "allen-brain-8to32" && other["context"] as? Int == 2)
    #expect(other["nats"] as? Double != own["nats"] as? Double)

    let panel = work.path + "/panel.png"
    func drawn(_ more: String...) throws -> Image {
      _ = try succeed(["predict", "-n", "1", "-o", panel] + place + more)
      return try Image(contentsOf: panel)
    }
    let (large, small) = (try drawn(), try drawn("--problem", "allen-brain-8to32"))
    #expect(small.height < large.height)

    for (problem, part) in [
      ("allen-brain-8to16", "4 times as large, with 3 channels, and allen-brain-8to16 from 8 x 8"),
      ("mouse", "there is no problem mouse; there are allen-brain-"),
    ] {
      let outcome = try CajalProcess.run(["evaluate", "--problem", problem] + place)
      #expect(outcome.status != 0 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
  }

  @Test func valuesThatDoNotFit() throws {
    let work = try Workspace()
    for (set, part) in [
      ("trunk=forest", "possible: convolutions, transformer, u_net"),
      ("trunk_widht=8", "did you mean trunk_width?"), ("trunk_width=0", "trunk_width: is from 1"),
      ("nats_weight=x", "nats_weight"),
    ] {
      let outcome = try CajalProcess.run([
        "train", "--data", work.data, "--run", work.run, "--steps", "1", "--set", set,
      ])
      #expect(outcome.status == 2 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: work.run))
    }
  }

  @Test func aResumedRunHasTheSameBits() throws {
    let work = try Workspace()
    let (whole, short) = (work.path + "/whole", work.path + "/short")
    try train(work, whole, ["--checkpoint-every", "1"])
    try train(work, short, ["--checkpoint-every", "1"])
    try FileManager.default.removeItem(
      atPath: RunFolder(existing: short).checkpointPath(step: 2))
    let resumed = try succeed(["train", "--resume", "--run", short])
    #expect(resumed.errors.contains("resuming from step 1"))
    #expect(
      try Workspace.checkpoint(short, step: 2) == Workspace.checkpoint(whole, step: 2))
  }
}
