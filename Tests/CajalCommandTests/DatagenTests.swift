import Cajal
import Foundation
import LoopbackServer
import Testing

/// Data from a server, from shards and under other options, as a user makes and uses them.
@Suite struct DatagenTests {
  private static let problem = [
    "--problem", "allen-brain-4to16", "--option", "tissue=everything", "--training-shards", "2",
  ]

  private static func section(_ id: Int) throws -> [UInt8] {
    try SyntheticTissue.section(seed: UInt64(id), width: 96, height: 64).jpegData()
  }

  private static func files(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return Dictionary(
      uniqueKeysWithValues: try names.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)))
      })
  }

  @Test func sectionsAreDownloadedOnceAndCut() async throws {
    let folder = try TemporaryFolder()
    let ids = try folder.write(Array("11\n12\n13 # twice\n13\n999\n".utf8), to: "ids.txt")
    let there = try folder.write(Array("11\n12\n13\n".utf8), to: "there.txt")
    func datagen(_ server: String, ids: String, to output: String) -> [String] {
      ["datagen", "--download", "--server", server, "--cache", folder.path + "/cache"]
        + ["--ids", ids, "--downsample", "1", "--output", folder.path + "/" + output] + Self.problem
    }
    let server = try await LoopbackServer.run { request in
      let id = request.target.split(whereSeparator: { "/?".contains($0) })
        .compactMap { Int($0) }.first
      guard let id, id != 999 else { return .status(404) }
      return .ok(try Self.section(id))
    } _: { server in
      let made = try await CajalProcess.runAside(
        datagen("\(server.url)", ids: ids, to: "data"))
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("skipped section 999: "))
      #expect(made.errors.contains("the server does not have it"))
      #expect(made.output.contains(/sections +3\n/))
      #expect(server.requests.count == 4)
      #expect(server.requests.allSatisfy { $0.target.contains("downsample=1") })
      return "\(server.url)"
    }
    let data = try Dataset(at: folder.path + "/data")
    #expect(data.summary.sections.map(\.name) == ["11", "12", "13"])
    let sheet = try Image(contentsOf: folder.path + "/data/contact-sheet.png")
    // Two training tiles of 64 pixels side by side.
    #expect(sheet.width == 2 * 66 + 2 && sheet.height == 66 + 2)

    // Without the server, the cache gives the same data.
    let again = try CajalProcess.run(datagen(server, ids: there, to: "again"))
    #expect(again.status == 0, "\(again.errors)")
    #expect(try Self.files(folder.path + "/data") == Self.files(folder.path + "/again"))
  }

  @Test func shardsOfOthersAreDescribedAndUsed() throws {
    let folder = try TemporaryFolder()
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let shards = folder.path + "/shards"
    try FileManager.default.copyItem(
      atPath: package.path + "/CajalProblemsTests/TensorFlow/made_by_tensorflow", toPath: shards)
    let described = try CajalProcess.run(["datagen", "--shards", shards])
    #expect(described.status == 0, "\(described.errors)")
    #expect(described.output.contains(/training tiles +4\n/))
    let drawn = try CajalProcess.run([
      "examples", "--data", shards, "--training", "-n", "2", "-o", folder.path + "/examples.png",
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")

    let shard = shards + "/img2img_allen_brain-train-00001-of-00002"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: shard))
    bytes[200] ^= 0xFF
    try bytes.write(to: URL(fileURLWithPath: shard))
    let examples = ["examples", "--data", shards, "-n", "1", "-o", folder.path + "/examples.png"]
    let refused = try CajalProcess.run(examples)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("\(shard) is damaged at byte 0: the checksum"))
    let skipped = try CajalProcess.run(examples + ["--skip-broken"])
    #expect(skipped.status == 0, "\(skipped.errors)")
    #expect(skipped.errors.contains("skipped 1 broken record, the first: \(shard)"))
  }

  /// One data set serves runs in color, of a stain, normalized and with a schedule; each run
  /// remembers what it needs.
  @Test(arguments: [
    "color_space=stain:0.9,1.2,0.6/0.2,0.9,0.4", "normalization=training_set",
    "input_schedule=16:1",
  ])
  func optionsOfTheProblem(option: String) throws {
    let work = try Workspace()
    let trained = try CajalProcess.run(work.training(steps: 2, "--option", option))
    try #require(trained.status == 0, "\(trained.errors)")
    let evaluated = try CajalProcess.run([
      "evaluate", "--run", work.run, "--data", work.data, "--examples", "1", "--decoding", "greedy",
    ])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let tile = try Image(width: 8, height: 8, channels: 3, filledWith: 150).pngData()
    let input = try work.folder.write(tile, to: "tile.png")
    let large = work.path + "/large.png"
    let upsampled = try CajalProcess.run(["upsample", "--run", work.run, input, "-o", large])
    #expect(upsampled.status == 0, "\(upsampled.errors)")
    let channels = option.hasPrefix("color_space=stain") ? 1 : 3
    #expect(try Image(contentsOf: large).channels == channels)
    // Resuming takes the same options, given or not, and tells when they are others.
    let resumed = try CajalProcess.run(work.training(steps: 2, "--option", option, "--resume"))
    #expect(resumed.status == 0, "\(resumed.errors)")
    let without = try CajalProcess.run(work.training(steps: 2, "--resume"))
    #expect(without.status == 0, "\(without.errors)")
    let others = try CajalProcess.run(
      work.training(steps: 2, "--option", "augmentation=none", "--resume"))
    #expect(others.status == 2)
    #expect(others.errors.contains("the problem's augmentation is none, was flips_and_rotations"))
  }

  /// Pictures whose tiles cannot be written are not reported as broken.
  @Test(arguments: [[], ["--skip-broken"]]) func aFullDiskLeavesNothing(more: [String]) throws {
    let work = try Workspace()
    let full = try CajalProcess.run(
      ["datagen", "--images", work.sections, "--output", work.path + "/full"] + more,
      fileSizeLimit: 8)
    #expect(full.status == 1, "\(full.errors)")
    #expect(full.errorLines.count == 1 && full.errors.contains("File too large"))
    let names = try FileManager.default.contentsOfDirectory(atPath: work.path)
    #expect(!names.contains { $0.contains("full") })
  }

  @Test func sourcesAreNamedOnce() throws {
    for arguments in [
      ["datagen", "--output", "y"], ["datagen", "--images", "x", "--download", "--output", "y"],
      ["datagen", "--images", "x", "--shards", "y"],
    ] {
      let refused = try CajalProcess.run(arguments)
      #expect(refused.status == 2 && refused.errors.contains("one of the three"))
    }
    let none = try CajalProcess.run(["datagen", "--images", "x"])
    #expect(none.status == 2 && none.errors.contains("--output"))
    let format = try CajalProcess.run(
      ["datagen", "--images", "x", "--output", "y", "--tile-format", "jpeg:101"])
    #expect(format.status == 2 && format.errors.contains("jpeg:101"))
  }
}
