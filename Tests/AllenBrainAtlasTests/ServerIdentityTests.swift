import CajalImages
import Foundation
import LoopbackServer
import Testing

@testable import AllenBrainAtlas

@Suite struct ServerIdentityTests {
  /// The same id is another picture on another server, even from one cache folder.
  @Test func serversDoNotShareTheirPictures() async throws {
    let pictures = [try testPicture(seed: 1), try testPicture(seed: 2)]
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(pictures[0])
      } _: { first in
        try await LoopbackServer.run { _ in
          .ok(pictures[1])
        } _: { second in
          for round in 0..<2 {
            for (server, picture) in zip([first, second], pictures) {
              let report = try await AllenBrainAtlas(server).download(
                [SectionDownload(1)], to: folder.path)
              let file = try #require(report.files.first)
              #expect(try Data(contentsOf: URL(filePath: file.path)) == Data(picture))
              #expect(file.wasCached == (round == 1))
              #expect(server.requests.count == 1)
            }
          }
        }
      }
    }
  }

  /// What an earlier version downloaded lies in the cache folder itself: that is for its own
  /// server.
  @Test func whatLiesInTheFolderItselfIsOfTheStandardServer() async throws {
    let (old, new) = (try testPicture(seed: 1), try testPicture(seed: 2))
    try await withCacheFolder { folder in
      try folder.write(old, to: "1.jpg")
      let report = try await AllenBrainAtlas().download([SectionDownload(1)], to: folder.path)
      #expect(report.files.map(\.path) == [folder.path + "/1.jpg"])
      #expect(report.files.map(\.wasCached) == [true])
      #expect(folder.names == ["1.jpg", "1.json"])
      try await LoopbackServer.run { _ in
        .ok(new)
      } _: { server in
        let report = try await AllenBrainAtlas(server).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.map(\.wasCached) == [false])
        #expect(try folder.of(server).bytes("1.jpg") == new)
        #expect(try folder.bytes("1.jpg") == old)
      }
    }
  }

  @Test(arguments: [
    ("https://api.brain-map.org", "https_api.brain-map.org_443"),
    ("HTTPS://API.brain-map.org:443/", "https_api.brain-map.org_443"),
    ("http://api.brain-map.org", "http_api.brain-map.org_80"),
    ("https://api.brain-map.org:8443", "https_api.brain-map.org_8443"),
    ("https://host/mirror/Atlas/", "https_host_443_mirror_Atlas"),
    ("https://host/mirror_Atlas", "https_host_443_mirror%5FAtlas"),
    ("https://host/mirror%2FAtlas", "https_host_443_mirror%252FAtlas"),
    ("http://[::1]:80", "http_%3A%3A1_80"),
  ])
  func everyServerHasAFolder(_ address: String, name: String) throws {
    let server = ServerIdentity(try #require(URL(string: address)))
    #expect(server.folderName == name)
    let isStandard = name == "https_api.brain-map.org_443"
    let url = try #require(URL(string: address))
    #expect(
      SectionCache(folder: "cache", server: url).folder == (isStandard ? "cache" : "cache/" + name))
  }

  @Test func longAddressesHaveNamesThatFit() throws {
    let names = try ["a", "b"].map { end in
      let path = String(repeating: "/" + String(repeating: "é", count: 40), count: 9) + end
      let url = try #require(
        URL(
          string: "https://host"
            + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "")))
      return ServerIdentity(url).folderName
    }
    #expect(names.allSatisfy { $0.utf8.count <= 255 })
    #expect(names[0] != names[1])
  }

  @Test(arguments: [
    ("http://host/a", "http://host/b", true), ("http://host/a", "http://HOST:80/b?c", true),
    ("http://host/a", "https://host/a", true), ("http://host:8080/a", "https://host:8443/a", true),
    ("https://host/a", "http://host/a", false), ("http://host/a", "http://host:81/a", false),
    ("http://host/a", "http://other/a", false),
    ("https://host/a", "https://host.evil.org/a", false),
    ("http://127.0.0.1/a", "http://localhost/a", false), ("http://host/a", "ftp://host/a", false),
    ("http://host/a", "file:///etc/passwd", false),
  ])
  func redirects(from old: String, to new: String, areFollowed: Bool) throws {
    let (old, new) = (try #require(URL(string: old)), try #require(URL(string: new)))
    #expect(ServerIdentity.allowsRedirect(from: old, to: new) == areFollowed)
  }
}
