import CajalSupport
import CajalImages
import Foundation
import Testing

@testable import CajalProblems

@Suite struct KilledRunTests {
  /// Shards by name, and the summary.
  private static func contents(_ directory: String) throws -> [String: [UInt8]] {
    Dictionary(
      uniqueKeysWithValues: try Files.list(directory).map {
        ($0, try Files.read(directory + "/" + $0))
      })
  }

  /// Killed while it cuts the first, some or the last of the tiles, a run leaves no data set, and
  /// the next one makes the same bytes as one that was never interrupted.
  @Test(arguments: [1, 13, 36]) func killedWhileItCuts(tiles: Int) async throws {
    let folder = NSTemporaryDirectory() + "cajal-killed-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [folder = folder as String, tiles = tiles as Int] in
      try tinyProblem.generateData(
        from: noiseSections(3, pictures: 2), to: folder + "/data"
      ) { if $0.tiles >= tiles { kill(getpid(), SIGKILL) } }
    }
    try Self.expectTheSameDataAgain(in: folder)
  }

  /// Killed as soon as the third of its shards is there.
  @Test func killedWhileItWritesShards() async throws {
    let folder = NSTemporaryDirectory() + "cajal-killed-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
      let third = folder + "/.data.incomplete/img2img_allen_brain-train-00002-of-00010"
      Thread.detachNewThread {
        while !Files.exists(third) {}
        kill(getpid(), SIGKILL)
      }
      try tinyProblem.generateData(from: noiseSections(3, pictures: 2), to: folder + "/data")
      // Faster than the thread: the same end.
      kill(getpid(), SIGKILL)
    }
    try Self.expectTheSameDataAgain(in: folder)
  }

  private static func expectTheSameDataAgain(in folder: String) throws {
    let left = try Files.list(folder)
    #expect(left == [".data.incomplete"] || left == ["data"])
    for name in ["data", "uninterrupted"] {
      try tinyProblem.generateData(
        from: noiseSections(3, pictures: 2), to: folder + "/" + name)
    }
    #expect(try contents(folder + "/data") == contents(folder + "/uninterrupted"))
    #expect(try Files.list(folder) == ["data", "uninterrupted"])
  }

  /// Killed between the two steps of replacing a data set, a run leaves the old one, which the next
  /// run finds.
  @Test func killedWhileItReplaces() throws {
    try withTemporaryDirectory { folder in
      let directory = folder + "/data"
      try tinyProblem.generateData(from: noiseSections(3), to: directory)
      let before = try Self.contents(directory)
      try FileManager.default.moveItem(atPath: directory, toPath: folder + "/.data.replaced")
      try tinyProblem.generateData(from: noiseSections(3), to: directory)
      #expect(try Self.contents(directory) == before)
      #expect(try Files.list(folder) == ["data"])
    }
  }

  @Test func twoRunsDoNotMix() throws {
    try withTemporaryDirectory { folder in
      let output = try OutputDirectory(folder + "/data")
      let lock = try output.start()
      #expect(
        errorText { try tinyProblem.generateData(from: noiseSections(3), to: folder + "/data") }
          == "cannot store data in \(folder)/data: another run is writing it; wait for that one or "
          + "name another directory")
      lock.release()
      try tinyProblem.generateData(from: noiseSections(3), to: folder + "/data")
    }
  }

  /// A data set that another run has finished in the meantime is not overwritten.
  @Test func aRunThatWasOvertakenStops() throws {
    try withTemporaryDirectory { folder in
      let slow = try OutputDirectory(folder + "/data")
      let lock = try slow.start()
      try tinyProblem.generateData(from: noiseSections(3), to: folder + "/fast")
      try FileManager.default.moveItem(atPath: folder + "/fast", toPath: folder + "/data")
      let before = try Self.contents(folder + "/data")
      #expect(
        errorText { try slow.finish(replacing: false) }?
          .hasSuffix("another run has just stored data there; start again") == true)
      slow.abandon()
      lock.release()
      #expect(try Self.contents(folder + "/data") == before)
    }
  }
}
