import ArgumentParser
import Cajal
import Foundation
import LoopbackServer
import Testing

@testable import CajalCommand

/// Downloads under limits, from the wrong place, and to folders that cannot be.
@Suite struct DownloadLimitTests {
  private static func picture(_ id: Int, width: Int = 96) throws -> [UInt8] {
    try SyntheticTissue.section(seed: UInt64(id), width: width, height: 64).jpegData()
  }

  private static func datagen(
    _ folder: TemporaryFolder, _ server: LoopbackServer, to output: String, _ more: String...
  ) async throws -> CommandOutcome {
    let ids = try folder.write(Array("1\n2\n3\n900\n".utf8), to: "ids.txt")
    return try await CajalProcess.runAside(
      ["datagen", "--download", "--server", "\(server.url)", "--cache", folder.path + "/cache"]
        + ["--ids", ids, "--output", folder.path + "/" + output, "--problem", "allen-brain-4to16"]
        + ["--option", "tissue=everything"] + more)
  }

  @Test func aLargeSectionIsTakenWhereTheLimitAllows() async throws {
    let folder = try TemporaryFolder()
    try await LoopbackServer.run { request in
      let id = Int(request.target.split(separator: "/").last ?? "") ?? 0
      return .ok(try Self.picture(id, width: id == 900 ? 128 : 96))
    } _: { server in
      let refused = try await Self.datagen(folder, server, to: "a", "--maximum-pixels", "7000")
      #expect(refused.status == 0, "\(refused.errors)")
      #expect(refused.errors.contains("skipped section 900: "))
      #expect(refused.errors.contains("--maximum-pixels N raises the limits"))
      #expect(refused.output.contains(/sections +3\n/))

      let taken = try await Self.datagen(folder, server, to: "b", "--maximum-pixels", "8192")
      #expect(taken.status == 0, "\(taken.errors)")
      #expect(!taken.errors.contains("skipped"))
      #expect(taken.output.contains(/sections +4\n/))

      // It is in the cache now, and over a lower limit all the same.
      let again = try await Self.datagen(folder, server, to: "c", "--maximum-pixels", "7000")
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.errors.contains("skipped section 900: "))
      #expect(again.output.contains(/sections +3\n/))

      let all = try await Self.datagen(folder, server, to: "d", "--maximum-pixels", "\(1 << 40)")
      #expect(all.status == 0, "\(all.errors)")
      #expect(all.output.contains(/sections +4\n/))
    }
  }

  /// Equal pictures are in one section, as those of a folder.
  @Test func copiesAreTaken() async throws {
    let folder = try TemporaryFolder()
    try await LoopbackServer.run { request in
      .ok(try Self.picture(request.target.contains("/2") || request.target.contains("/3") ? 2 : 1))
    } _: { server in
      let taken = try await Self.datagen(folder, server, to: "copies")
      #expect(taken.status == 0, "\(taken.errors)")
      #expect(taken.output.contains("copies, each in the section of the other"))
    }
  }

  @Test func anOutputThatCannotBeIsFoundBeforeTheDownload() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write([1], to: "file")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: "file")
    try await LoopbackServer.run { _ in
      .ok(try Self.picture(1))
    } _: { server in
      let outcome = try await Self.datagen(folder, server, to: "link")
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("it is a file"))
      #expect(server.requests.isEmpty)
    }
  }

  @Test func aRedirectNamesBothServersAndTheOption() async throws {
    let folder = try TemporaryFolder()
    try await LoopbackServer.run { request in
      .status(302, ["Location": "http://localhost:9" + request.target])
    } _: { server in
      let outcome = try await Self.datagen(folder, server, to: "data")
      #expect(outcome.status == 1)
      let message = try #require(outcome.errorLines.last)
      #expect(message.contains("\(server.url)/api/v2"))
      #expect(message.contains("http://localhost:9/api/v2"))
      #expect(message.contains("--server"))
    }
  }

  @Test func aCacheThatCannotBeMadeNamesItsOption() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write([1], to: "cache")
    try await LoopbackServer.run { _ in
      .ok(try Self.picture(1))
    } _: { server in
      let outcome = try await Self.datagen(folder, server, to: "data")
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("--cache names another folder"))
    }
  }

  @Test func thereMayBeNoHome() throws {
    let folder = try TemporaryFolder()
    let standard = folder.path + "/.cache/cajal/sections"
    #expect(
      try CacheFolder.standard(environment: ["HOME": folder.path], accountHome: nil) == standard)
    #expect(try CacheFolder.standard(environment: [:], accountHome: folder.path) == standard)
    #expect(
      try CacheFolder.standard(environment: ["HOME": ""], accountHome: folder.path) == standard)
    #expect(
      try CacheFolder.standard(environment: ["HOME": "/"], accountHome: nil)
        == "/.cache/cajal/sections")
    for (environment, home) in [
      ([:], nil), ([:], ""), (["HOME": folder.path + "/none"], folder.path),
    ] as [([String: String], String?)] {
      let error = #expect(throws: ValidationError.self) {
        try CacheFolder.standard(environment: environment, accountHome: home)
      }
      #expect(error?.message.contains("--cache") == true)
    }
  }
}
