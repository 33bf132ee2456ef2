import ArgumentParser
import Cajal
import CajalReports
import CajalSupport
import Foundation
import Testing

@testable import CajalCommand

/// The commands are for every kind of model.
@Suite struct ModelKindTests {
  private static let registry = ModelRegistry(kinds: [Img2ImgTransformer.self, GainModel.self])

  private func command(_ arguments: [String]) throws -> TrainCommand {
    try TrainCommand.parse(arguments)
  }

  private func kind(_ more: String..., run: String = "/nowhere") throws -> String {
    try command(["--data", "x", "--run", run, "--steps", "1"] + more).kind(in: Self.registry).kind
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func theKindFollowsFromTheSet() throws {
    #expect(try kind() == "img2img-transformer")
    #expect(try kind("--hparams", "gain_small") == "gain")
    #expect(try kind("--hparams", "cajal2d_base") == "img2img-transformer")
    var command = try command(["--data", "x", "--run", "y"])
    command.model = "gain"
    #expect(try command.kind(in: Self.registry) == GainModel.self)
    command.hparams = "cajal2d_tiny"
    #expect(
      message { _ = try command.kind(in: Self.registry) } == """
        --model gain: the set of hyperparameters cajal2d_tiny is of img2img-transformer
        """)
    command.model = "gian"
    command.hparams = nil
    #expect(
      message { _ = try command.kind(in: Self.registry) } == """
        --model gian: there is no such model; there is img2img-transformer, gain
        """)
    command.hparams = "gain_smal"
    let unknown = message { _ = try command.kind(in: Self.registry) }
    #expect(unknown.hasPrefix("gain_smal: there is no such set of hyperparameters; did you mean "))
    #expect(unknown.contains("all sets: cajal2d_tiny, ") && unknown.hasSuffix("gain_timed"))
  }

  /// Trains, resumes, initializes, evaluates and draws with a model that the commands do not know.
  @Test func anotherKindIsTrainedAndUsed() throws {
    let work = try Workspace()
    let train = try command([
      "--data", work.data, "--run", work.run, "--hparams", "gain_timed", "--evaluate-every", "2",
    ])
    #expect(try train.kind(in: Self.registry) == GainModel.self)
    try train.run(GainModel.self)
    let folder = try RunFolder(existing: work.run)
    let recorded: PictureRunConfiguration<GainModel> = try folder.configuration()
    #expect(recorded.steps == 3 && recorded.hyperparameterSet == "gain_timed")
    #expect(recorded.options.microBatchSize == 2 && recorded.options.batchSize == 2)
    #expect(recorded.groups == recorded.model.hyperparameters.groups(steps: 3))
    #expect(recorded.optimizer == recorded.model.hyperparameters.optimizer(steps: 3))

    let opened = try OpenedRun(work.run, in: Self.registry)
    #expect(opened.model.defaultDecoding == .onePass && opened.step == 3)
    let data = try opened.openData(
      DataFolder(path: work.data, skipBroken: false), reportingTo: ProgressLine())
    let evaluation = try Evaluation(opened.model, on: data, examples: 0..<2)
    #expect(evaluation.methods[0].meanSquaredError > 0 && evaluation.nats > 0)
    let small = Image(width: 5, height: 3, channels: 1, filledWith: 200)
    let large = try opened.model.upsample(small)
    #expect(large.width == 20 && large.height == 12 && large.channels == 3)

    let records = try TrainingLog.records(contentsOf: folder.logPath)
    let nats = try #require(records.first { $0.kind == "train" }?["nats"])
    let chart = try #require(LossChart([try RecordedRun(contentsOf: work.run)]))
    #expect(chart.summary.hasPrefix("training \(Figures.fixed(nats, 4)), held out "))
    #expect(chart.summary.hasSuffix(" nats per sub-pixel"))

    try resume(work)
  }

  private func resume(_ work: Workspace) throws {
    let resumed = try command(["--resume", "--run", work.run])
    #expect(try resumed.kind(in: Self.registry) == GainModel.self)
    try resumed.run(GainModel.self)
    for (option, value) in [("--model", "img2img-transformer"), ("--hparams", "cajal2d_tiny")] {
      let other = try command(["--resume", "--run", work.run, option, value])
      #expect(
        message { _ = try other.kind(in: Self.registry) }.contains(
          "the model is img2img-transformer, was gain"))
    }
    let tuned = try command([
      "--data", work.data, "--run", work.path + "/tuned", "--initialize-from", work.run,
    ])
    #expect(try tuned.kind(in: Self.registry) == GainModel.self)
    try tuned.run(GainModel.self)
    let short = try command([
      "--data", work.data, "--run", work.path + "/short", "--hparams", "gain_small",
    ])
    #expect(
      message { try short.run(GainModel.self) } == """
        say how many updates to make with --steps, or how long to train with --minutes
        """)
    // The command itself does not have this kind.
    let unknown = try CajalProcess.run(["evaluate", "--run", work.run, "--data", work.data])
    #expect(unknown.status == 2 && unknown.errors.contains("its model is gain, and this program"))
  }

  @Test func onlyTheRatioOfAnySizeCounts() throws {
    let any = PictureShapes.anySize(ratio: 4, channels: 3)
    func fits(_ input: PixelShape, _ target: PixelShape) -> Bool {
      any.fit(input: input, target: target)
    }
    #expect(fits(PixelShape(square: 8), PixelShape(square: 32)))
    #expect(fits(PixelShape(height: 5, width: 9), PixelShape(height: 20, width: 36)))
    #expect(!fits(PixelShape(square: 8), PixelShape(square: 16)))
    #expect(!fits(PixelShape(square: 8, channels: 1), PixelShape(square: 32)))
    #expect("\(any)" == "any size to 4 times as large, with 3 channels")
  }

  @Test func trainingTime() throws {
    let work = try Workspace()
    let refused: [([String], String)] = [
      (
        ["--data", work.data, "--hparams", "cajal2d_tiny"],
        "--steps, or how long to train with --minutes"
      ),
      (["--data", work.data, "--steps", "1", "--minutes", "1"], "give one of them"),
      (["--data", work.data, "--minutes", "0"], "--minutes is more than 0"),
      (["--resume", "--minutes", "1"], "--minutes is for a new run"),
    ]
    for (options, text) in refused {
      let outcome = try CajalProcess.run(["train", "--run", work.run] + options)
      #expect(outcome.status == 2 && outcome.errors.contains(text), "\(outcome.errors)")
      #expect(outcome.errorLines.count == 1)
    }
    var arguments = work.training(steps: 1, "--minutes", "0.02", "--evaluate-every", "0")
    arguments.removeSubrange(1...2)
    let trained = try CajalProcess.run(arguments)
    try #require(trained.status == 0, "\(trained.errors)")
    let recorded: PictureRunConfiguration<Img2ImgTransformer> = try RunFolder(existing: work.run)
      .configuration()
    #expect(recorded.steps >= 1)
    #expect(trained.errors.contains("\(recorded.steps) steps fit into 0.02 minutes"))
    #expect(trained.output.hasPrefix("trained \(recorded.steps) steps in \(work.run)\n"))
    #expect(try CajalProcess.run(["train", "--resume", "--run", work.run]).status == 0)
  }

  @Test func aDecodingThatTheModelDoesNotHave() throws {
    let work = try Workspace()
    try work.train()
    let outcome = try CajalProcess.run([
      "evaluate", "--run", work.run, "--data", work.data, "--decoding", "one-pass",
    ])
    #expect(outcome.status == 2 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("one-pass is not one of img2img-transformer, which has mean, "))
  }
}
