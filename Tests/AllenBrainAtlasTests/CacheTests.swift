import AllenBrainAtlas
import LoopbackServer
import CajalImages
import Foundation
import Synchronization
import Testing

@Suite struct CacheTests {
  @Test func whatIsThereIsNotDownloadedAgain() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { server in
        let atlas = AllenBrainAtlas(server)
        let sections = [SectionDownload(1), SectionDownload(1, downsample: 1)]
        let first = try await atlas.download(sections, to: folder.path)
        let second = try await atlas.download(sections, to: folder.path)
        #expect(server.requests.count == 2)
        #expect(second.files.map(\.path) == first.files.map(\.path))
        #expect(second.files.map(\.width) == first.files.map(\.width))
        #expect(second.files.map(\.wasCached) == [true, true])
      }
    }
  }

  /// What can happen to a file in the cache.
  enum Damage: String, CaseIterable, CustomTestStringConvertible {
    case flippedBit, truncated, emptied, replaced, lostPicture, lostRecordAndTruncated, brokenRecord

    var testDescription: String { rawValue }

    func apply(to folder: CacheFolder, _ picture: [UInt8]) throws {
      var picture = picture
      switch self {
      case .flippedBit: picture[picture.count / 2] ^= 1
      case .truncated: picture.removeLast()
      case .emptied: picture = []
      case .replaced: picture = try testPicture(seed: 99)
      case .lostPicture: return try FileManager.default.removeItem(atPath: folder.path + "/1.jpg")
      case .brokenRecord: return try folder.write(Array("{}".utf8), to: "1.json")
      case .lostRecordAndTruncated:
        try FileManager.default.removeItem(atPath: folder.path + "/1.json")
        picture.removeLast(100)
      }
      try folder.write(picture, to: "1.jpg")
    }
  }

  @Test(arguments: Damage.allCases) func aDamagedFileIsDownloadedAgain(_ damage: Damage)
    async throws
  {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { server in
        let atlas = AllenBrainAtlas(server)
        _ = try await atlas.download([SectionDownload(1)], to: folder.path)
        try damage.apply(to: folder.of(server), picture)
        let report = try await atlas.download([SectionDownload(1)], to: folder.path)
        #expect(server.requests.count == 2)
        #expect(report.files.map(\.wasCached) == [false])
        #expect(try folder.of(server).bytes("1.jpg") == picture)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
      }
    }
  }

  @Test func aDamagedFileDoesNotKeepItsNameWhenItCannotBeReplaced() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        request.earlier == 0 ? .ok(picture) : .status(404)
      } _: { server in
        let atlas = AllenBrainAtlas(server)
        _ = try await atlas.download([SectionDownload(1)], to: folder.path)
        try Damage.flippedBit.apply(to: folder.of(server), picture)
        let report = try await atlas.download([SectionDownload(1)], to: folder.path)
        #expect(report.files.isEmpty)
        #expect(report.skipped.count == 1)
        #expect(folder.of(server).names.isEmpty)
      }
    }
  }

  @Test func aWholePictureGetsItsRecordBack() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .status(500)
      } _: { server in
        try folder.of(server).write(picture, to: "1.jpg")
        let report = try await AllenBrainAtlas(server).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.map(\.wasCached) == [true])
        #expect(server.requests.isEmpty)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
        _ = try await AllenBrainAtlas(server).download([SectionDownload(1)], to: folder.path)
        #expect(server.requests.isEmpty)
      }
    }
  }

  @Test(arguments: [
    ImageLimits(maximumPixels: 64 * 48 - 1), ImageLimits(maximumSide: 63),
    ImageLimits(maximumBytes: 1000),
  ])
  func aPictureOverTheLimitsIsSkipped(limits: ImageLimits) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        // Without a length it shows only on the way.
        request.target == target(1)
          ? .ok(picture)
          : .raw(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + picture, then: .close)
      } _: { server in
        let report = try await AllenBrainAtlas(server) { $0.imageLimits = limits }.download(
          [SectionDownload(1), SectionDownload(2)], to: folder.path)
        for skipped in report.skipped {
          guard case .tooLarge = skipped.reason else {
            Issue.record("the reason is \(skipped.reason)")
            continue
          }
        }
        #expect(report.skipped.count == 2)
        #expect(server.requests.count == 2)
        #expect(folder.of(server).names.isEmpty)
      }
    }
  }

  @Test func aSecondDownloadIntoTheSameFolderIsRefused() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      let (requests, request) = AsyncStream.makeStream(of: Void.self)
      let gate = Gate(count: 2)
      try await LoopbackServer.run { message in
        if message.target == target(2) {
          request.yield()
          await gate.pass()
        }
        return .ok(picture)
      } _: { server in
        let atlas = AllenBrainAtlas(server)
        _ = try await atlas.download([SectionDownload(1)], to: folder.path)
        async let first = atlas.download([SectionDownload(2)], to: folder.path)
        for await _ in requests { break }
        let error = await #expect(throws: (any Error).self) {
          try await atlas.download([SectionDownload(3)], to: folder.path)
        }
        let text = try line(of: error)
        #expect(text.contains("another download is filling it"))
        // Reading an existing picture needs no write permission.
        let cached = try await atlas.download([SectionDownload(1)], to: folder.path)
        #expect(cached.files.map(\.wasCached) == [true])
        await gate.pass()
        #expect(try await first.files.count == 1)
        #expect(try await atlas.download([SectionDownload(3)], to: folder.path).files.count == 1)
      }
    }
  }

  @Test func aFolderThatCannotBeOneEndsTheDownload() async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .status(500)
      } _: { server in
        try folder.write([1], to: "file")
        let error = await #expect(throws: (any Error).self) {
          try await AllenBrainAtlas(server).download(
            [SectionDownload(1)], to: folder.path + "/file/cache")
        }
        let text = try line(of: error)
        #expect(text.contains(folder.path + "/file is there already"))
        #expect(server.requests.isEmpty)
      }
    }
  }

  @Test func aFullDeviceEndsTheDownloadAtOnce() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { server in
        try folder.of(server).write([], to: "placeholder")
        try FileManager.default.createSymbolicLink(
          atPath: folder.of(server).path + "/1.part", withDestinationPath: "/dev/full")
        let pauses = PauseLog()
        let error = await #expect(throws: (any Error).self) {
          try await AllenBrainAtlas(server, pauses: pauses).download(
            [SectionDownload(1)], to: folder.path)
        }
        let text = try line(of: error)
        #expect(text.contains("No space left on device"))
        #expect(server.requests.count == 1)
        #expect(pauses.pauses.isEmpty)
        #expect(folder.of(server).names == ["placeholder"])
      }
    }
  }
}
