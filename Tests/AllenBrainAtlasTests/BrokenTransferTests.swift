import AllenBrainAtlas
import LoopbackServer
import Testing

import Foundation

@Suite struct BrokenTransferTests {
  /// A first answer that is no whole picture.
  enum Breakage: String, CaseIterable, CustomTestStringConvertible {
    case noImage, empty, truncatedWithEnd, truncatedWithoutEnd, damaged, shortBody, noAnswer
    case status500, status503, truncatedChunk

    var testDescription: String { rawValue }

    func reply(_ picture: [UInt8]) -> LoopbackServer.Reply {
      let half = Array(picture.prefix(picture.count / 2))
      switch self {
      case .noImage: return .ok(Array("<html>It works!</html>".utf8))
      case .empty: return .ok([])
      case .truncatedWithEnd: return .ok(half + [0xFF, 0xD9])
      case .truncatedWithoutEnd: return .ok(half)
      case .damaged: return .ok([0xFF, 0xD8, 0xFF, 0xD9])
      case .shortBody: return .status(200, body: half, length: picture.count, then: .close)
      case .noAnswer: return .raw([], then: .close)
      case .status500: return .status(500, body: Array("oops".utf8))
      case .status503: return .status(503)
      case .truncatedChunk:
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let size = String(half.count, radix: 16) + "\r\n"
        return .raw(Array((head + size).utf8) + half + Array("\r\n".utf8), then: .close)
      }
    }
  }

  @Test(arguments: Breakage.allCases)
  func aSecondAttemptIsMade(after breakage: Breakage) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        request.earlier == 0 ? breakage.reply(picture) : .ok(picture)
      } _: { server in
        let pauses = PauseLog()
        let report = try await AllenBrainAtlas(server, pauses: pauses).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(report.skipped.isEmpty)
        #expect(server.requests.count == 2)
        #expect(pauses.pauses.count == 1)
        #expect(try folder.of(server).bytes("1.jpg") == picture)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
      }
    }
  }

  @Test(arguments: Breakage.allCases)
  func whatFailsAgainAndAgainIsSkipped(because breakage: Breakage) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        request.target == target(1) ? breakage.reply(picture) : .ok(picture)
      } _: { server in
        let pauses = PauseLog()
        let report = try await AllenBrainAtlas(server, pauses: pauses) { $0.attempts = 3 }.download(
          [SectionDownload(1), SectionDownload(2)], to: folder.path)
        #expect(report.files.map(\.request.id) == [2])
        let reason = try #require(report.skipped.first?.reason)
        guard case .failed(server.url.absoluteString + target(1), attempts: 3, _) = reason else {
          Issue.record("the reason is \(reason)")
          return
        }
        // libcurl itself asks once more where a connection that it used before closes unanswered.
        let requests = server.requests.count { $0.target == target(1) }
        #expect(requests == 3 || breakage == .noAnswer && requests > 3)
        #expect(pauses.pauses.count == 2)
        #expect(folder.of(server).names == ["2.jpg", "2.json"])
      }
    }
  }

  @Test func pausesGrowAndVary() async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .status(500)
      } _: { server in
        let pauses = PauseLog()
        _ = try await AllenBrainAtlas(server, pauses: pauses) {
          $0.attempts = 6
          $0.firstPause = .seconds(1)
          $0.longestPause = .seconds(8)
        }.download([SectionDownload(1)], to: folder.path)
        let longest: [Double] = [1, 2, 4, 8, 8]
        #expect(pauses.pauses.count == longest.count)
        for (pause, longest) in zip(pauses.pauses, longest) {
          #expect(pause >= .seconds(longest / 2) && pause <= .seconds(longest))
        }
      }
    }
  }

  @Test(arguments: [429, 503]) func theServerSaysHowLongToWait(status: Int) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        request.earlier == 0 ? .status(status, ["Retry-After": "77"]) : .ok(picture)
      } _: { server in
        let pauses = PauseLog()
        let report = try await AllenBrainAtlas(server, pauses: pauses).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(pauses.pauses == [.seconds(77)])
      }
    }
  }

  @Test func aDateIsAPauseToo() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        // Long past: no more than the usual pause.
        let date = "Wed, 21 Oct 2015 07:28:00 GMT"
        return request.earlier == 0 ? .status(429, ["Retry-After": date]) : .ok(picture)
      } _: { server in
        let pauses = PauseLog()
        _ = try await AllenBrainAtlas(server, pauses: pauses).download(
          [SectionDownload(1)], to: folder.path)
        #expect(pauses.pauses.count == 1)
        #expect(pauses.pauses.allSatisfy { $0 <= .seconds(1) })
      }
    }
  }

  @Test(arguments: ["3600", "Fri, 01 Jan 2999 00:00:00 GMT"])
  func aServerThatWantsToBeLeftAloneIs(retryAfter: String) async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .status(429, ["Retry-After": retryAfter])
      } _: { server in
        let pauses = PauseLog()
        let report = try await AllenBrainAtlas(server, pauses: pauses).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.skipped.count == 1)
        #expect(server.requests.count == 1)
        #expect(pauses.pauses.isEmpty)
      }
    }
  }

  /// Time-outs are short here and attempts many, so that a slow machine only makes it try more
  /// often.
  @Test(arguments: [true, false]) func silenceEndsAnAttempt(afterTheHead: Bool) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        if request.earlier > 0 { return .ok(picture) }
        let half = Array(picture.prefix(picture.count / 2))
        return afterTheHead
          ? .status(200, body: half, length: picture.count, then: .silence)
          : .raw([], then: .silence)
      } _: { server in
        let report = try await AllenBrainAtlas(server) {
          $0.attempts = 100
          if afterTheHead {
            $0.idleTimeout = .milliseconds(300)
          } else {
            $0.answerTimeout = .milliseconds(300)
          }
        }.download([SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(server.requests.count >= 2)
        #expect(try folder.of(server).bytes("1.jpg") == picture)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
      }
    }
  }

  @Test func anUnreachableServerEndsTheDownload() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      // Its port is free again afterwards.
      let (atlas, server) = try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { server in
        let atlas = AllenBrainAtlas(server) { $0.attempts = 2 }
        _ = try await atlas.download([SectionDownload(1)], to: folder.path)
        return (atlas, server)
      }
      let error = await #expect(throws: AtlasError.self) {
        try await atlas.download([SectionDownload(1), SectionDownload(2)], to: folder.path)
      }
      guard case .unreachable(atlas.configuration.server.absoluteString, _) = error else {
        Issue.record("the error is \(String(describing: error))")
        return
      }
      #expect(try line(of: error).contains("what is in the cache folder stays"))
      #expect(folder.of(server).names == ["1.jpg", "1.json"])
      // What is there needs no server.
      let report = try await atlas.download([SectionDownload(1)], to: folder.path)
      #expect(report.files.map(\.wasCached) == [true])
    }
  }

  @Test(arguments: ["ftp://host", "brain-map.org", "http://", "http://host?a=b"])
  func anUnusableServerIsRefused(_ text: String) async throws {
    try await withCacheFolder { folder in
      var configuration = AllenBrainAtlas.Configuration()
      configuration.server = try #require(URL(string: text))
      let atlas = AllenBrainAtlas(configuration: configuration)
      await #expect(throws: AtlasError.unusableServer(text)) {
        try await atlas.download([SectionDownload(1)], to: folder.path)
      }
      await #expect(throws: AtlasError.unusableServer(text)) {
        try await atlas.sectionImages(SectionQuery(dataSets: [1]))
      }
      #expect(folder.names.isEmpty)
    }
  }
}
