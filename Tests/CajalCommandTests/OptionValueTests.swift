import ArgumentParser
import Cajal
import Foundation
import Testing

@testable import CajalCommand

/// Values of options that make no sense end in one line that names them, and status 2.
@Suite struct OptionValueTests {
  private func refused(_ arguments: [String], _ parts: String..., at place: SourceLocation) throws {
    let outcome = try CajalProcess.run(arguments)
    let what = "cajal \(arguments.joined(separator: " ")): \(outcome.errors)"
    #expect(!outcome.wasKilled && outcome.status == 2, "\(what)", sourceLocation: place)
    #expect(
      outcome.errorLines.count == 1 && outcome.output.isEmpty, "\(what)", sourceLocation: place)
    for part in parts { #expect(outcome.errors.contains(part), "\(what)", sourceLocation: place) }
  }

  private static let huge = "9223372036854775807"

  @Test func numbersOfCommands() throws {
    let train = ["train", "--data", "x", "--run", "y"]
    try refused(train + ["--steps", Self.huge], "--steps is at most", at: #_sourceLocation)
    try refused(
      train + ["--steps", "1", "--replicas", "2147483648"], "--replicas is at most 1024",
      at: #_sourceLocation)
    try refused(
      train + ["--steps", "1", "--micro-batch", Self.huge], "--micro-batch", at: #_sourceLocation)
    try refused(train + ["--steps", "1", "--keep", "0"], "--keep", at: #_sourceLocation)
    try refused(["demo", "--minutes", "nan"], "--minutes", at: #_sourceLocation)
    try refused(["demo", "--steps", Self.huge], "--steps", at: #_sourceLocation)
    for pixels in [Self.huge, "0"] {
      try refused(
        ["datagen", "--images", "x", "--output", "y", "--maximum-pixels", pixels],
        "--maximum-pixels", at: #_sourceLocation)
    }
    for temperature in ["nan", "inf", "0"] {
      try refused(
        ["evaluate", "--run", "x", "--data", "y", "--decoding", "sample"]
          + ["--temperature", temperature], "--temperature", at: #_sourceLocation)
    }
  }

  @Test func valuesThatTrainIgnored() throws {
    let work = try Workspace()
    let run = work.path + "/none"
    func train(_ more: String...) -> [String] { work.training(run, steps: 1) + more }
    for (value, part) in [
      ("img_len=64", "img_len: is 64"), ("num_channels=1", "num_channels: is 1"),
      ("block_length=9", "block_length: has no effect"),
      ("clip_grad_norm=-1", "clip_grad_norm"), ("hidden_size=\(Self.huge)", "hidden_size"),
    ] {
      try refused(train("--set", value), part, at: #_sourceLocation)
    }
    try refused(
      train("--option", "tile_size=32"), "option tile_size cannot be 32", work.data, "64",
      at: #_sourceLocation)
    try refused(train("--problem", "allen-brain-8to31"), "8to24 or 8to32", at: #_sourceLocation)
    #expect(!FileManager.default.fileExists(atPath: run))
    let same = try CajalProcess.run(
      train("--set", "img_len=32", "--option", "tile_size=64", "--set", "block_length=256"))
    #expect(same.status == 0, "\(same.errors)")
  }

  /// One value per hyperparameter.
  @Test func aHyperparameterIsSetOnce() throws {
    let work = try Workspace()
    try refused(
      work.training(steps: 1, "--set", "hidden_size=32"), "--set hidden_size is given twice",
      at: #_sourceLocation)
    #expect(!FileManager.default.fileExists(atPath: work.run))
  }

  /// A checkpoint with NaN weights is an error that names it, and no picture is written.
  @Test func destroyedModels() throws {
    let work = try Workspace()
    try work.train()
    let folder = try RunFolder(existing: work.run)
    for step in try folder.checkpointSteps() {
      let checkpoint = folder.checkpointPath(step: step)
      let file = try SafetensorsFile(contentsOf: checkpoint)
      let entries = try file.names.map { name in
        let shape = try file.shape(of: name)
        return Safetensors.Entry(name, Tensor<Float>(repeating: .nan, shape: shape))
      }
      try Safetensors.write(
        entries, metadata: file.metadata, sealedUnder: "cajal.crc32c", to: checkpoint)
    }
    let checkpoint = folder.checkpointPath(step: 2)
    let tile = try work.folder.write(
      Image(width: 8, height: 8, channels: 3).pngData(), to: "tile.png")
    let output = work.path + "/out.png"
    let rows = [
      ["upsample", "--run", work.run, tile, "-o", output],
      ["predict", "--run", work.run, "--data", work.data, "-o", output],
      ["evaluate", "--run", work.run, "--data", work.data, "--examples", "1"],
    ]
    for arguments in rows {
      try refused(arguments, checkpoint, "not finite", at: #_sourceLocation)
    }
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test func theCommandDecodesAsTheLibraryDoes() throws {
    let model = try Img2ImgTransformer(.cajal2DTiny, inputRows: 8, inputColumns: 8)
    #expect(try DecodingOptions.parse([]).decoding(of: model) == model.defaultDecoding)
    let anyModel = try GainModel(.init(), for: AllenBrain.dim8to32, seed: 1, on: .cpu)
    #expect(try DecodingOptions.parse([]).decoding(of: anyModel) == .onePass)
    let sampling = try DecodingOptions.parse(["--decoding", "sample", "--temperature", "0.5"])
    #expect(try sampling.decoding(of: model) == .sample(temperature: 0.5))
    let error = #expect(throws: PredictionError.self) { try sampling.decoding(of: anyModel) }
    #expect(error?.description == "the decoding sample is not one of gain, which has one-pass")
  }

  /// Strides and shapes of cases of another implementation are checked before they are used.
  @Test(arguments: ["0", "-1", huge]) func stridesOfCases(stride: String) throws {
    let folder = try TemporaryFolder()
    let index = """
      {"cases": [
        {"name": "one", "kind": "forward", "tensors": "a.safetensors", "sidecar": "a.json"}
      ]}
      """
    _ = try folder.write(Array(index.utf8), to: "index.json")
    let sidecar = """
      {"model": "Img2imgTransformer", "mode": "eval", "hparams": {}, "logits_stride": \(stride)}
      """
    _ = try folder.write(Array(sidecar.utf8), to: "a.json")
    let outcome = try CajalProcess.run(["verify", folder.path, "--json"])
    #expect(outcome.status == 1 && !outcome.wasKilled)
    #expect(outcome.output.contains("stride is from 1"), "\(outcome.output)")
  }
}
