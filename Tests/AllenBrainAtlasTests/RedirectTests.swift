import AllenBrainAtlas
import Foundation
import LoopbackServer
import Testing

@Suite struct RedirectTests {
  @Test func aRedirectToAnotherServerIsRefused() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { other in
        let elsewhere = other.url.absoluteString + target(1)
        try await LoopbackServer.run { request in
          request.target == target(1) ? .status(302, ["Location": elsewhere]) : .ok(picture)
        } _: { server in
          let report = try await AllenBrainAtlas(server).download(
            [SectionDownload(1), SectionDownload(2)], to: folder.path)
          let url = server.url.absoluteString + target(1)
          #expect(report.skipped.map(\.reason) == [.redirected(url: url, to: elsewhere)])
          #expect(report.files.map(\.request.id) == [2])
          #expect(server.requests.count { $0.target == target(1) } == 1)
          #expect(other.requests.isEmpty)
          let text = try line(of: report.skipped.first?.reason)
          #expect(text.contains(url) && text.contains(elsewhere) && text.contains("another server"))
        }
      }
    }
  }

  @Test func aListFromAnotherServerIsRefused() async throws {
    try await LoopbackServer.run { _ in
      .ok(Array(#"{"success":true,"total_rows":0,"msg":[]}"#.utf8))
    } _: { other in
      try await LoopbackServer.run { request in
        .status(307, ["Location": other.url.absoluteString + request.target])
      } _: { server in
        let error = await #expect(throws: AtlasError.self) {
          try await AllenBrainAtlas(server).sectionImages(SectionQuery(dataSets: [1]))
        }
        guard case .redirected = error else {
          Issue.record("the error is \(String(describing: error))")
          return
        }
        #expect(other.requests.isEmpty)
      }
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func aRedirectWithinTheServerIsFollowed(status: Int) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        request.target == target(1) ? .status(status, ["Location": "/moved/1"]) : .ok(picture)
      } _: { server in
        let report = try await AllenBrainAtlas(server).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(server.requests.map(\.target) == [target(1), "/moved/1"])
      }
    }
  }

  @Test func redirectsInCirclesEnd() async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        .status(302, ["Location": request.target])
      } _: { server in
        let report = try await AllenBrainAtlas(server) { $0.attempts = 1 }.download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.isEmpty && report.skipped.count == 1)
        #expect(server.requests.count < 50)
      }
    }
  }

  @Test func anEncryptedServerDoesNotSendElsewhere() throws {
    let error = AtlasError.redirected(url: "https://host/a", to: "http://host/a")
    #expect(error.description.contains("without encryption"))
  }
}
