import Cajal
import Foundation
import Testing

@testable import CajalCommand

/// `--json`: one object on standard output, and nothing else, with the figures of the text.
@Suite struct JSONOutputTests {
  /// The only line that a command prints, as an object.
  private func object(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try CajalProcess.run(arguments + ["--json"])
    try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
    #expect(outcome.output.hasSuffix("}\n") && !outcome.output.dropLast().contains("\n"))
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(object as? [String: Any])
  }

  @Test func ofDataTrainingAndPanels() throws {
    let work = try Workspace()
    let again = work.path + "/again"
    let data = try object([
      "datagen", "--images", work.sections, "--output", again, "--option", "tissue=everything",
      "--evaluation-section", "section-3.png",
    ])
    #expect(data["tiles"] as? Int == 12 && data["training_tiles"] as? Int == 8)
    #expect(data["held_out_sections"] as? [String] == ["section-3.png"])
    #expect((data["mean"] as? [Double])?.count == 3)

    let trained = try object(work.training(steps: 2, "--evaluate-every", "1"))
    #expect(trained["step"] as? Int == 2 && trained["stopped"] as? Bool == false)
    let log = try String(contentsOfFile: work.run + "/log.jsonl", encoding: .utf8)
      .split(separator: "\n")
      .map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    let heldOut = try #require(trained["held_out"] as? [String: Any])
    let last = log.last { $0?["kind"] as? String == "evaluation" } ?? nil
    #expect(heldOut["loss"] as? Double == last?["loss"] as? Double && heldOut["step"] as? Int == 2)
    let training = log.last { $0?["kind"] as? String == "train" } ?? nil
    #expect(trained["loss"] as? Double == training?["loss"] as? Double)

    let panel = work.path + "/panel.png"
    let shown = ["--data", work.data, "-n", "2", "-o", panel]
    let predicted = try object(["predict", "--run", work.run] + shown)
    let examples = try #require(predicted["examples"] as? [[String: Any]])
    #expect(examples.map { $0["index"] as? Int } == [0, 1] && predicted["step"] as? Int == 2)
    let ofSection = ["--section", "section-3", "--index", "1", "-n", "1"]
    let chosen = try object(
      ["predict", "--run", work.run, "--data", work.data, "-o", panel] + ofSection)
    #expect((chosen["examples"] as? [[String: Any]])?.map { $0["index"] as? Int } == [1])
    let ratios = try #require(examples[0]["psnr"] as? [String: Any])
    #expect(Set(ratios.keys) == ["lanczos3", "prediction"])
    let tile = work.path + "/tile.png"
    try Image(width: 8, height: 8, channels: 3, filledWith: 90).write(to: tile)
    let enlarged = try object(["upsample", "--run", work.run, tile, "-o", work.path + "/large.png"])
    let picture = try #require((enlarged["pictures"] as? [[String: Any]])?.first)
    #expect(picture["width"] as? Int == 32 && picture["input"] as? String == tile)
    let drawn = try object(["examples"] + shown)
    #expect((drawn["examples"] as? [[String: Any]])?[1]["section"] as? String == "section-3.png")
  }

  @Test func ofInformation() throws {
    let information = try object(["info"])
    let chosen = information["instruction_set"] as? String ?? ""
    #expect((information["available_instruction_sets"] as? [String])?.contains(chosen) == true)
    let gpus = try #require(information["gpus"] as? [Any])
    #expect(gpus.isEmpty == (information["missing_for_gpus"] is String))
    let problem = try object(["info", "--problem", "allen-brain-8to32"])
    #expect((problem["options"] as? [String: String])?["normalization"] == "none")
  }
}
