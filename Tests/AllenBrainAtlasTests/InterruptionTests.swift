import AllenBrainAtlas
import LoopbackServer
import Foundation
import Testing

@Suite struct InterruptionTests {
  /// Half of a picture and then nothing, but the rest when asked for it.
  private static func replies(
    _ picture: [UInt8], resumable: Bool, stopsFirst: Bool = true
  ) -> LoopbackServer.Handler {
    let half = picture.count / 2
    let fields = resumable ? ["ETag": "\"a\""] : [:]
    return { request in
      guard request.earlier > 0 || !stopsFirst else {
        return .status(
          200, fields, body: Array(picture[..<half]), length: picture.count, then: .silence)
      }
      guard request.fields["range"] == "bytes=\(half)-" else { return .ok(picture, fields) }
      let range = ["Content-Range": "bytes \(half)-\(picture.count - 1)/\(picture.count)"]
      return .status(206, range, body: Array(picture[half...]))
    }
  }

  @Test(arguments: [true, false])
  func aCanceledDownloadLeavesNothingUnderAFinalName(resumable: Bool) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run(Self.replies(picture, resumable: resumable)) { server in
        let atlas = AllenBrainAtlas(server)
        let (halves, half) = AsyncStream.makeStream(of: Void.self)
        let download = Task {
          try await atlas.download([SectionDownload(1)], to: folder.path) {
            if $0.receivedBytes == picture.count / 2 { half.yield() }
          }
        }
        for await _ in halves { break }
        download.cancel()
        await #expect(throws: CancellationError.self) { try await download.value }
        #expect(folder.of(server).names == (resumable ? ["1.part", "1.part.json"] : []))

        let report = try await atlas.download([SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(server.requests.count == 2)
        #expect((server.requests[1].fields["range"] != nil) == resumable)
        #expect(try folder.of(server).bytes("1.jpg") == picture)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
      }
    }
  }

  @Test func aDownloadIsCanceledInItsPause() async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .status(500)
      } _: { server in
        let (pauses, pause) = AsyncStream.makeStream(of: Void.self)
        // Ends with its task alone.
        let (endless, end) = AsyncStream.makeStream(of: Void.self)
        defer { end.finish() }
        let atlas = AllenBrainAtlas(server) {
          $0.pause = { _ in
            pause.yield()
            for await _ in endless {}
            try Task.checkCancellation()
          }
        }
        let download = Task { try await atlas.download([SectionDownload(1)], to: folder.path) }
        for await _ in pauses { break }
        download.cancel()
        await #expect(throws: CancellationError.self) { try await download.value }
        #expect(server.requests.count == 1)
        #expect(folder.of(server).names.isEmpty)
      }
    }
  }

  @Test func aTaskThatIsCanceledAlreadyAsksNothing() async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .status(500)
      } _: { server in
        let atlas = AllenBrainAtlas(server)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let download = Task {
          for await _ in starts { break }
          return try await atlas.download([SectionDownload(1)], to: folder.path)
        }
        download.cancel()
        start.yield()
        await #expect(throws: CancellationError.self) { try await download.value }
        #expect(server.requests.isEmpty)
        #expect(folder.of(server).names.isEmpty)
      }
    }
  }

  @Test(arguments: [true, false])
  func aKilledProcessLeavesWhatTheNextOneGoesOnWith(resumable: Bool) async throws {
    let picture = try testPicture()
    let half = Array(picture.prefix(picture.count / 2))
    try await withCacheFolder { folder in
      // The server is in the process that dies, because to wait for that may block a thread of this
      // one.
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = folder.path as String, resumable = resumable as Bool] in
        let picture = try testPicture()
        try await LoopbackServer.run(Self.replies(picture, resumable: resumable)) { server in
          _ = try await AllenBrainAtlas(server).download([SectionDownload(1)], to: path) {
            if $0.receivedBytes == picture.count / 2 { kill(getpid(), SIGKILL) }
          }
        }
      }
      let left = CacheFolder(path: folder.path + "/" + (try #require(folder.names.first)))
      #expect(left.names == (resumable ? ["1.part", "1.part.json"] : ["1.part"]))
      #expect(try left.bytes("1.part") == half)
      let replies = Self.replies(picture, resumable: resumable, stopsFirst: false)
      try await LoopbackServer.run(replies) { server in
        // The next server has another port.
        try FileManager.default.moveItem(atPath: left.path, toPath: folder.of(server).path)
        let report = try await AllenBrainAtlas(server).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(server.requests.count == 1)
        #expect((server.requests[0].fields["range"] != nil) == resumable)
        #expect(try folder.of(server).bytes("1.jpg") == picture)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
      }
    }
  }
}
