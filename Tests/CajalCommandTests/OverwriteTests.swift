import Cajal
import Foundation
import Testing

/// No command replaces its input, under any name of the file.
@Suite struct OverwriteTests {
  /// Other names of a file, made beside it: two links and another spelling.
  private static func names(
    of file: String, in folder: String, ending: String
  ) throws -> [String] {
    let (soft, hard) = (folder + "/soft." + ending, folder + "/hard." + ending)
    for link in [soft, hard] { try? FileManager.default.removeItem(atPath: link) }
    try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: file)
    try FileManager.default.linkItem(atPath: file, toPath: hard)
    return [soft, hard]
  }

  /// Runs a command with each name of a file as its output, and checks that the file stays.
  private func expectRefusal(
    of arguments: [String], reading file: String, in folder: TemporaryFolder,
    otherNames: [String] = [], ending: String = "png"
  ) throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: file))
    for name in try otherNames + Self.names(of: file, in: folder.path, ending: ending) {
      let outcome = try CajalProcess.run(arguments + ["-o", name])
      #expect(outcome.status == 2, "\(arguments) -o \(name)")
      #expect(outcome.errors.hasPrefix("cajal: --output \(name) would overwrite "))
      #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty)
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
    }
  }

  @Test func comparedPicturesStay() throws {
    let folder = try TemporaryFolder()
    let files = try (1...3).map { seed in
      let image = SyntheticTissue.section(seed: UInt64(seed), width: 16, height: 16)
      return try folder.write(image.pngData(), to: "\(seed).png")
    }
    let arguments = ["compare", files[0], files[1], "--input", files[2]]
    for file in files {
      let name = URL(fileURLWithPath: file).lastPathComponent
      try expectRefusal(
        of: arguments, reading: file, in: folder,
        otherNames: [file, folder.path + "/./" + name, folder.path + "//" + name])
    }
    let elsewhere = folder.path + "/panel.png"
    let drawn = try CajalProcess.run(arguments + ["-o", elsewhere])
    #expect(drawn.status == 0)
  }

  @Test func runsAndDataStay() throws {
    let work = try Workspace()
    try work.train()
    let tile = try work.folder.write(
      Image(width: 8, height: 8, channels: 3).pngData(), to: "tile.png")
    let upsample = ["upsample", "--run", work.run, tile, "--decoding", "zero-target"]
    try expectRefusal(of: upsample, reading: tile, in: work.folder, otherNames: [tile])
    let run = try RunFolder(existing: work.run)
    let shard = try #require(
      try FileManager.default.contentsOfDirectory(atPath: work.data).first { $0.contains("dev") })
    let predict = ["predict", "--run", work.run, "--data", work.data]
    for (arguments, file) in [
      (upsample, run.checkpointPath(step: 2)),
      (predict, run.configurationPath), (predict, work.data + "/" + shard),
      (["examples", "--data", work.data], work.data + "/dataset.json"),
    ] {
      try expectRefusal(of: arguments, reading: file, in: work.folder)
    }
    for (arguments, ending) in [
      (["chart", "--run", work.run], "svg"), (["report", work.run], "html"),
    ] {
      try expectRefusal(of: arguments, reading: run.logPath, in: work.folder, ending: ending)
      // Charts and pages in these folders are not read.
      let old = try work.folder.write([1], to: "run/loss." + ending)
      #expect(try CajalProcess.run(arguments + ["-o", old]).status == 0)
      #expect(try Data(contentsOf: URL(fileURLWithPath: old)).count > 1000)
    }
  }
}
