import Cajal
import Foundation
import Testing

/// What is wrong from outside ends in one line that names it and in the right exit status.
@Suite struct BadInputTests {
  private struct Row {
    let arguments: [String]
    let status: Int32
    let parts: [String]

    init(_ arguments: [String], _ status: Int32, _ parts: String...) {
      self.arguments = arguments
      self.status = status
      self.parts = parts
    }
  }

  private func check(_ rows: [Row]) throws {
    for row in rows {
      let outcome = try CajalProcess.run(row.arguments)
      let what = "cajal \(row.arguments.joined(separator: " ")): \(outcome.errors)"
      #expect(!outcome.wasKilled && outcome.status == row.status, "\(what)")
      #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty, "\(what)")
      #expect(outcome.errors.hasPrefix("cajal: "), "\(what)")
      for part in row.parts { #expect(outcome.errors.contains(part), "\(part) in \(what)") }
    }
  }

  @Test func wrongUsage() throws {
    try check([
      Row(["evaluat"], 2, "there is no command evaluat; did you mean evaluate?"),
      Row(["train", "--steps", "3", "--data", "x"], 2, "--run", "cajal train --help"),
      Row(["train", "--hparms", "x"], 2, "no option --hparms; did you mean --hparams?"),
      Row(["train", "--data", "x", "--run", "y", "--steps", "0"], 2, "--steps is at least 1"),
      Row(["train", "--data", "x", "--run", "y", "--steps", "1", "--model", "gpt"], 2, "gpt"),
      Row(["evaluate", "--run", "x", "--data", "y", "--decoding", "best"], 2, "'best'"),
      Row(["evaluate", "--run", "x", "--data", "y", "--seed", "1"], 2, "--decoding sample"),
      Row(["chart", "--run", "x", "-o", "loss.gif"], 2, "loss.gif", "a chart ends in .svg"),
      Row(["report", "x", "-o", "report.pdf"], 2, "a report ends in .html or .htm"),
      Row(["report", "x", "x", "-o", "report.html"], 2, "x is given twice"),
      Row(["report", "nowhere", "-o", "report.html"], 2, "nowhere: there is no such folder"),
      Row(["report", "/dev/null", "-o", "report.html"], 2, "/dev/null"),
      Row(["runs", "nowhere"], 2, "cannot list nowhere"),
      Row(
        ["train", "--run", "x", "--data", "y", "--panels", "17"], 2,
        "--panels is at most 16, not 17"),
      Row(["info", "--hparams", "cajal2d_tiney"], 2, "did you mean cajal2d_tiny?"),
      Row(["datagen", "--images", "x", "--output", "y", "--set", "a"], 2, "--manifest"),
      Row(["demo", "--minutes", "-1"], 2, "--minutes"),
      Row(["verify", "x", "--device", "gpu"], 2, "a device is auto, cpu, cuda or cuda:N"),
    ])
    let isa = try CajalProcess.run(["info"], environment: ["CAJAL_ISA": "mmx"])
    #expect(isa.status == 2 && isa.errors.hasPrefix("cajal: CAJAL_ISA=mmx "))
    let full = try CajalProcess.run(["info"], output: FileHandle(forWritingAtPath: "/dev/full"))
    #expect(full.status == 1 && full.errors.hasPrefix("cajal: cannot write standard output: "))
  }

  @Test func wrongPictures() throws {
    let work = try Workspace()
    try work.train()
    let folder = work.folder
    let out = work.path + "/out.png"
    let png = try SyntheticTissue.section(seed: 1, width: 8, height: 8).pngData()
    let good = try folder.write(png, to: "good.png")
    let truncated = try folder.write(Array(png.prefix(png.count / 2)), to: "truncated.png")
    let small = try folder.write(
      Image(width: 5, height: 5, channels: 3).pngData(), to: "small.png")
    let bomb = try folder.write(Self.jpegBomb(), to: "bomb.jpg")
    let notes = try folder.write(Array("notes".utf8), to: "notes.txt")
    let empty = try folder.makeFolder("empty")
    let broken = try folder.makeFolder("broken")
    try Data(png.prefix(60)).write(to: URL(fileURLWithPath: broken + "/a.png"))
    func upsample(_ input: String, _ output: String? = nil) -> [String] {
      ["upsample", "--run", work.run, input, "-o", output ?? out]
    }
    try check([
      Row(upsample(truncated), 2, truncated, "damaged"),
      Row(upsample(small) + ["--decoding", "zero-target"], 2, small, "5×5", "8×8"),
      Row(upsample(bomb), 2, bomb, "over the limits"),
      Row(["compare", good, small], 2, small, "5×5", "8×8"),
      Row(upsample(notes), 2, notes, "known format"),
      Row(upsample(work.path + "/none.png"), 2, "none.png", "No such file"),
      Row(upsample(good, work.path + "/no/out.png"), 1, "/no", "No such file"),
      Row(upsample(good, good + "/out.png"), 1, good, "Not a directory"),
      Row(["datagen", "--images", empty, "--output", work.path + "/d"], 2, empty, "no picture"),
      Row(["datagen", "--images", broken, "--output", work.path + "/d"], 2, "a.png", "damaged"),
      Row(["datagen", "--images", work.sections, "--output", good + "/d"], 1, good),
      Row(
        ["datagen", "--images", work.sections, "--problem", "alen-brain-8to32"]
          + ["--output", work.path + "/d"], 2, "did you mean allen-brain-8to32?"),
    ])
    #expect(!FileManager.default.fileExists(atPath: out))
    #expect(!FileManager.default.fileExists(atPath: work.path + "/d"))
  }

  @Test func wrongFolders() throws {
    let work = try Workspace()
    try work.train()
    let predict = ["predict", "--run", work.run, "-o", work.path + "/out.png", "--data"]
    let file = try work.folder.write([1], to: "file")
    try check([
      Row(work.training(work.path + "/new", steps: 1, "--set", "hiden_size=3"), 2, "hidden_size"),
      Row(work.training(file + "/run", steps: 1), 1, file),
      Row(work.training(steps: 2), 2, work.run, "resume"),
      Row(work.training(steps: 200, "--resume"), 2, work.run, "for 200 steps", "ends at step 2"),
      Row(predict + [work.sections], 2, work.sections, "dataset.json"),
      Row(predict + [work.data, "--index", "400"], 2, "--index 400", "held-out examples"),
      Row(predict + [work.data, "--section", "section-4"], 2, "did you mean section-3?"),
      Row(["evaluate", "--run", work.sections, "--data", work.data], 2, work.sections),
      Row(
        ["evaluate", "--run", work.run, "--data", work.data, "--section", "section-4"], 2,
        "did you mean section-3?"),
      Row(["verify", work.sections], 2, "index.json"),
    ])
    #expect(!FileManager.default.fileExists(atPath: work.path + "/new"))

    let full = try CajalProcess.run(
      work.training(work.path + "/full", steps: 1), fileSizeLimit: 8)
    #expect(full.status == 1 && full.errors.contains("\ncajal: cannot write \(work.path)/full/"))
    let left = try FileManager.default.subpathsOfDirectory(atPath: work.path + "/full")
    #expect(!left.contains { $0.hasSuffix(".partial") || $0.hasSuffix(".safetensors") })

    let shard = try #require(
      try FileManager.default.contentsOfDirectory(atPath: work.data).first { $0.contains("dev") })
    let url = URL(fileURLWithPath: work.data + "/" + shard)
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: url)
    try check([Row(predict + [work.data], 2, shard, "damaged")])
  }

  @Test func brokenCheckpoints() throws {
    let work = try Workspace()
    try work.train()
    let run = try RunFolder(existing: work.run)
    let steps = try run.checkpointSteps()
    for step in steps {
      try Data("no checkpoint".utf8).write(
        to: URL(fileURLWithPath: run.checkpointPath(step: step)))
    }
    let tile = try work.folder.write(
      Image(width: 8, height: 8, channels: 3).pngData(), to: "tile.png")
    let upsample = ["upsample", "--run", work.run, tile, "-o", work.path + "/out.png"]
    let newest = run.checkpointPath(step: 2)
    try check([
      Row(upsample, 2, newest, "and 1 older"),
      Row(work.training(steps: 2, "--resume"), 2, newest),
    ])
    #expect(try run.checkpointSteps() == steps)
    try Data("{".utf8).write(to: URL(fileURLWithPath: run.configurationPath))
    try check([Row(upsample, 2, run.configurationPath)])
  }

  @Test func aCaseThatCannotBeReadFails() throws {
    let folder = try TemporaryFolder()
    let index = """
      {"cases": [{"name": "one", "kind": "forward", "tensors": "a.safetensors", "sidecar": "a.json"}]}
      """
    _ = try folder.write(Array(index.utf8), to: "index.json")
    let outcome = try CajalProcess.run(["verify", folder.path, "--json"])
    #expect(outcome.status == 1 && outcome.errors.isEmpty)
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let record = try #require(object as? [String: String])
    #expect(record["case"] == "one" && record["status"] == "failed")
    #expect(record["reason"]?.contains("a.json") == true)
    try check([Row(["verify", folder.path, "--case", "on"], 2, "--case on", "did you mean one?")])
  }

  /// A JPEG of a few hundred bytes whose header declares 60000 × 60000 pixels.
  private static func jpegBomb() throws -> [UInt8] {
    var bytes = try Image(width: 8, height: 8, channels: 3).jpegData()
    let frame = try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    // Marker, length and precision come before height and width.
    for offset in [5, 7] {
      bytes[frame + offset] = UInt8(60_000 >> 8)
      bytes[frame + offset + 1] = UInt8(60_000 & 255)
    }
    return bytes
  }
}
