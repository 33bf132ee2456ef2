import AllenBrainAtlas
import LoopbackServer
import Foundation
import Synchronization
import Testing

@Suite struct DownloadTests {
  @Test func filesComeInTheOrderOfTheRequests() async throws {
    let pictures = try [7: testPicture(seed: 7), 3: testPicture(width: 20, height: 10, seed: 3)]
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        let id = Int(request.target.split(separator: "/").last ?? "") ?? 0
        return pictures[id].map { .ok($0) } ?? .status(404)
      } _: { server in
        let report = try await AllenBrainAtlas(server).download(
          [7, 3].map { SectionDownload($0) }, to: folder.path)
        #expect(report.files.map(\.request.id) == [7, 3])
        #expect(
          report.files.map(\.path) == ["7.jpg", "3.jpg"].map { folder.of(server).path + "/" + $0 })
        #expect(report.files.map(\.width) == [64, 20])
        #expect(report.files.map(\.height) == [48, 10])
        #expect(report.files.map(\.byteCount) == [pictures[7]?.count, pictures[3]?.count])
        #expect(report.files.allSatisfy { !$0.wasCached })
        #expect(report.skipped.isEmpty)
        #expect(try folder.of(server).bytes("7.jpg") == pictures[7])
        #expect(try folder.of(server).bytes("3.jpg") == pictures[3])
        #expect(folder.of(server).names == ["3.jpg", "3.json", "7.jpg", "7.json"])
      }
    }
  }

  @Test func parametersAreInTheAddressAndInTheName() async throws {
    let picture = try testPicture()
    let region = SectionDownload.Region(left: 6174, top: 2282, width: 1000, height: 900)
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { server in
        let report = try await AllenBrainAtlas(server) { $0.connections = 1 }.download(
          [
            SectionDownload(5), SectionDownload(5, downsample: 2),
            SectionDownload(5, downsample: 1, quality: 50, region: region),
          ], to: folder.path)
        #expect(
          server.requests.map(\.target) == [
            target(5), target(5) + "?downsample=2",
            target(5) + "?downsample=1&quality=50&left=6174&top=2282&width=1000&height=900",
          ])
        #expect(
          report.files.map(\.request.fileName) == [
            "5.jpg", "5-d2.jpg", "5-d1-q50-x6174y2282w1000h900.jpg",
          ])
        #expect(folder.of(server).names.count == 6)
      }
    }
  }

  @Test func duplicatesAreDownloadedOnce() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { server in
        let report = try await AllenBrainAtlas(server).download(
          [4, 5, 4, 4].map { SectionDownload($0) }, to: folder.path)
        #expect(report.files.map(\.request.id) == [4, 5])
        #expect(server.requests.map(\.target).sorted() == [target(4), target(5)])
      }
    }
  }

  @Test func whatIsMissingIsReportedAndTheRestGoesOn() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        switch request.target {
        case target(999): .status(404, body: Array("no such image".utf8))
        case target(1000): .status(403)
        default: .ok(picture)
        }
      } _: { server in
        let pauses = PauseLog()
        let report = try await AllenBrainAtlas(server, pauses: pauses).download(
          [1, 999, 1000, 2].map { SectionDownload($0) }, to: folder.path)
        let base = server.url.absoluteString
        #expect(report.files.map(\.request.id) == [1, 2])
        #expect(
          report.skipped.map(\.reason) == [
            .notFound(url: base + target(999)), .refused(url: base + target(1000), status: 403),
          ])
        #expect(server.requests.count { $0.target == target(999) } == 1)
        #expect(server.requests.count { $0.target == target(1000) } == 1)
        #expect(pauses.pauses.isEmpty)
        #expect(folder.of(server).names == ["1.jpg", "1.json", "2.jpg", "2.json"])
      }
    }
  }

  @Test func thereAreTwoConnectionsAndTheClientSaysWhatItIs() async throws {
    let picture = try testPicture()
    let gate = Gate(count: 2)
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        // The first two requests are answered when both are there; so the client makes two at a
        // time.
        await gate.pass()
        return .ok(picture)
      } _: { server in
        let report = try await AllenBrainAtlas(server).download(
          (1...9).map { SectionDownload($0) }, to: folder.path)
        #expect(report.files.count == 9)
        #expect(server.mostConnections == 2)
        #expect(server.requests.allSatisfy { $0.fields["user-agent"]?.hasPrefix("Cajal") == true })
        #expect(server.requests.allSatisfy { $0.fields["accept-encoding"] == "identity" })
      }
    }
  }

  @Test func progressCountsEverySection() async throws {
    let picture = try testPicture()
    let steps = Mutex<[DownloadProgress]>([])
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        request.target == target(2) ? .status(404) : .ok(picture)
      } _: { server in
        let atlas = AllenBrainAtlas(server)
        _ = try await atlas.download([SectionDownload(1)], to: folder.path)
        _ = try await atlas.download(
          [1, 2, 3].map { SectionDownload($0) }, to: folder.path
        ) { progress in steps.withLock { $0.append(progress) } }
      }
    }
    let last = try #require(steps.withLock { $0.last })
    #expect(last.sectionCount == 3)
    #expect(last.present == 2)
    #expect(last.skipped == 1)
    #expect(last.receivedBytes == picture.count)
    let done = steps.withLock { $0.map { $0.present + $0.skipped } }
    #expect(done == done.sorted())
  }

  @Test func theOriginalSectionsAre100() {
    let ids = AllenBrainAtlas.originalSectionIDs
    #expect(ids.count == 100)
    #expect(Set(ids).count == 100)
    #expect(ids.prefix(3) == [74_887_117, 71_894_997, 69_443_979])
  }
}
