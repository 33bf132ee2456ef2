import Cajal
import Foundation
import Testing

@testable import CajalCommand

/// From pictures to a model and to pictures, as a user does it.
@Suite struct EndToEndTests {
  private struct EvaluationOutput: Decodable {
    struct Method: Decodable {
      let name: String
      let psnr: Double
      let ssim: Double
      let meanPsnr: Double
      let slicedWassersteinDistance: Double?
      let reproducedShare: Double?
    }

    struct Gain: Decodable {
      let psnr: Double
    }

    struct Coverage: Decodable {
      let probability: Double
      let share: Double
    }

    let nats: Double
    let bits: Double
    let examples: Int
    let step: Int
    let methods: [Method]
    let gainOverLanczos: Gain
    let coverage: [Coverage]
  }

  @Test func everyCommandInTurn() throws {
    let work = try Workspace()
    let examples = try succeed(["examples", "--data", work.data, "-n", "2"], "examples.png", work)
    #expect(examples.contains("section-3.png"))

    let trained = try CajalProcess.run(work.training(steps: 3, "--evaluate-every", "2"))
    #expect(trained.status == 0 && trained.output.hasPrefix("trained 3 steps in \(work.run)\n"))
    #expect(trained.output.contains(/\n  held-out loss +\d\.\d{4} nats per sub-pixel/))
    #expect(trained.output.hasSuffix("/checkpoints/step-00000003.safetensors\n"))
    #expect(trained.errors.contains("step 2: held-out loss "))

    try evaluate(work)
    let tile = try Image(width: 8, height: 8, channels: 3, filledWith: 200).pngData()
    let input = try work.folder.write(tile, to: "tile.png")
    let upsampled = try succeed(["upsample", "--run", work.run, input], "large.png", work)
    #expect(upsampled == "\(work.path)/large.png: 32×32 pixels\n")
    let large = try Image(contentsOf: work.path + "/large.png")
    #expect(large.width == 32 && large.height == 32 && large.channels == 3)

    let predict = ["predict", "--run", work.run, "--data", work.data, "--index", "1", "-n", "1"]
    let predicted = try succeed(predict + ["--decoding", "zero-target"], "panel.png", work)
    #expect(predicted.contains("lanczos3 (dB)"))
    let svg = work.path + "/loss.svg"
    let chart = try CajalProcess.run(["chart", "--run", work.run, "-o", svg])
    #expect(chart.output.contains("training ") && chart.output.contains("held out "))
    #expect(try String(contentsOfFile: svg, encoding: .utf8).contains("held out</text>"))
  }

  private func evaluate(_ work: Workspace) throws {
    let arguments = [
      "evaluate", "--run", work.run, "--data", work.data, "--examples", "2", "--loss-examples",
      "3", "--decoding", "greedy",
    ]
    let json = try CajalProcess.run(arguments + ["--json"])
    try #require(json.status == 0, "\(json.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let result = try decoder.decode(EvaluationOutput.self, from: Data(json.output.utf8))
    #expect(result.examples == 2 && result.step == 3)
    #expect(abs(result.bits - result.nats / log(2)) < 1e-9 && result.nats > 0)
    #expect(
      result.methods.map(\.name) == ["model", "nearest", "bilinear", "bicubic", "lanczos3"])
    let table = try CajalProcess.run(arguments + ["--section", "section-3"])
    #expect(table.status == 0 && table.output.contains("model (greedy)"))
    #expect(table.output.contains("(3 held-out examples)"))
    #expect(table.output.contains(/\(2 held-out examples, decoded in \d+(\.\d\d)? ms each\)/))
    #expect(table.output.contains(/other targets( +-){3} +\d+\.\d\d +\d+\.\d\d +- +-\n/))
    #expect(table.output.contains(/\nLanczos [+-]\d+\.\d\d dB, SSIM [+-]0\.\d{4}\n/))
    #expect(table.output.contains(/credible intervals: \d+\.\d % in those of 50 %,/))
    #expect(result.coverage.map(\.probability) == [0.5, 0.8, 0.95])
    #expect(result.coverage.allSatisfy { (0...1).contains($0.share) })
    let scores = Dictionary(uniqueKeysWithValues: result.methods.map { ($0.name, $0) })
    let (model, lanczos) = (try #require(scores["model"]), try #require(scores["lanczos3"]))
    #expect(abs(result.gainOverLanczos.psnr - (model.meanPsnr - lanczos.meanPsnr)) < 1e-9)
    #expect(scores["nearest"]?.reproducedShare == 1 && model.slicedWassersteinDistance ?? 0 > 0)
  }

  /// Runs a command that writes a picture, checks that one is there, and returns what it printed.
  private func succeed(
    _ arguments: [String], _ picture: String, _ work: Workspace
  ) throws -> String {
    let path = work.path + "/" + picture
    let outcome = try CajalProcess.run(arguments + ["-o", path])
    #expect(outcome.status == 0, "\(arguments[0]): \(outcome.errors)")
    _ = try Image(contentsOf: path)
    return outcome.output
  }

  @Test func informationIsThere() throws {
    let info = try CajalProcess.run(["info"], environment: ["CAJAL_ISA": "scalar"])
    #expect(info.status == 0 && info.output.contains("instruction set: scalar (CAJAL_ISA)"))
    #expect(info.output.contains("allen-brain-8to32") && info.output.contains("cajal2d_tiny"))
    #expect(
      info.output.contains("sets of hyperparameters of img2img-transformer:\n  cajal2d_tiny\n"))
    let set = try CajalProcess.run(["info", "--hparams", "img2img_transformer2d_tiny"])
    let object = try JSONSerialization.jsonObject(with: Data(set.output.utf8)) as? [String: Any]
    #expect(object?["hidden_size"] as? Int == 128 && object?["optimizer"] as? String == "adam")
  }

  @Test func everyCommandExplainsItself() throws {
    for command in CajalCommand.commandNames {
      let help = try CajalProcess.run([command, "--help"])
      #expect(help.status == 0 && help.output.contains("Example: cajal \(command)"))
    }
  }
}
