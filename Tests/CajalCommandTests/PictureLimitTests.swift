import Cajal
import Foundation
import LoopbackServer
import Testing

/// Limits on pictures have an option that raises them, and messages name it.
@Suite struct PictureLimitTests {
  @Test func theOptionIsNamedAndRaisesTheLimit() throws {
    let work = try Workspace()
    try work.train()
    let folder = try work.folder.makeFolder("large")
    // 600 million pixels, one more section than the default lets through.
    let large = try work.folder.write(
      DeepPNG.hollow(width: 30_000, height: 20_000), to: "large/a.png")
    for arguments in [
      ["compare", large, large],
      ["upsample", "--run", work.run, large, "-o", work.path + "/o.png"],
      ["datagen", "--images", folder, "--output", work.path + "/none"],
    ] {
      let refused = try CajalProcess.run(arguments)
      #expect(refused.status == 2)
      #expect(refused.errors.contains("over the limits (500000000 pixels)"))
      #expect(refused.errors.contains("; --maximum-pixels N raises the limits"))
      let read = try CajalProcess.run(arguments + ["--maximum-pixels", "600000000"])
      #expect(read.status == 2 && read.errors.contains("damaged"), "\(read.errors)")
      let wrong = try CajalProcess.run(arguments + ["--maximum-pixels", "0"])
      #expect(wrong.status == 2 && wrong.errors.contains("--maximum-pixels is at least 1"))
    }
  }

  /// The option is for downloads as for folders.
  @Test func theOptionIsForDownloadsToo() async throws {
    let folder = try TemporaryFolder()
    let ids = try folder.write(Array("11\n12\n".utf8), to: "ids.txt")
    try await LoopbackServer.run { request in
      let seed: UInt64 = request.target.contains("11") ? 1 : 2
      return .ok(try SyntheticTissue.section(seed: seed, width: 96, height: 64).jpegData())
    } _: { server in
      for (pixels, isTaken) in [(96 * 64 - 1, false), (96 * 64, true)] {
        let outcome = try await CajalProcess.runAside([
          "datagen", "--download", "--server", "\(server.url)", "--ids", ids, "--maximum-pixels",
          "\(pixels)", "--cache", folder.path + "/cache", "--output", folder.path + "/data",
          "--option", "tissue=everything",
        ])
        #expect((outcome.status == 0) == isTaken, "\(outcome.errors)")
        #expect(outcome.errors.contains("over the limits (6143 pixels)") == !isTaken)
        #expect(outcome.errors.contains("--maximum-pixels N raises the limits") == !isTaken)
      }
    }
  }

  @Test func aStripIsCut() throws {
    let folder = try TemporaryFolder()
    let sections = try folder.makeFolder("strips")
    for (name, value) in [("a", 7), ("b", 8)] as [(String, UInt8)] {
      try Image(width: 85_000, height: 16, channels: 1, filledWith: value)
        .write(to: "\(sections)/\(name).png")
    }
    let made = try CajalProcess.run([
      "datagen", "--images", sections, "--output", folder.path + "/data", "--problem",
      "allen-brain-4to16", "--tile-size", "16", "--option", "tissue=everything",
    ])
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains(/tiles +10624 of 16×16/))
  }
}
