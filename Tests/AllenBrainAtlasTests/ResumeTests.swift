import AllenBrainAtlas
import LoopbackServer
import CajalSupport
import Foundation
import Testing

@Suite struct ResumeTests {
  /// Answers of servers that can and cannot resume.
  enum Support: String, CaseIterable, CustomTestStringConvertible {
    /// Sends the rest.
    case entityTag, date
    /// Sends everything again, as it has no ranges or the picture is another by now.
    case none
    /// Sends another part than it was asked for.
    case wrongStart, wrongTotal, wrongTag, noContentRange
    /// Says that there is no such part.
    case unsatisfiable

    var testDescription: String { rawValue }

    var fields: [String: String] {
      self == .date
        ? ["Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"] : ["ETag": "\"version-1\""]
    }

    /// The answer to a request for the bytes from `start` on.
    func rest(of picture: [UInt8], from start: Int) -> LoopbackServer.Reply {
      let body = Array(picture[start...])
      var fields = fields
      fields["Content-Range"] = "bytes \(start)-\(picture.count - 1)/\(picture.count)"
      switch self {
      case .entityTag, .date: break
      case .none: return .ok(picture, self.fields)
      case .wrongStart:
        fields["Content-Range"] = "bytes 0-\(picture.count - 1)/\(picture.count)"
        return .status(206, fields, body: picture)
      case .wrongTotal:
        fields["Content-Range"] = "bytes \(start)-\(picture.count)/\(picture.count + 1)"
        return .status(206, fields, body: body + [0])
      case .wrongTag: fields["ETag"] = "\"version-2\""
      case .noContentRange: fields["Content-Range"] = nil
      case .unsatisfiable: return .status(416)
      }
      return .status(206, fields, body: body)
    }

    /// Whether the rest is taken.
    var isResumed: Bool { self == .entityTag || self == .date }
    /// The requests that it takes after the one that broke off.
    var requests: Int { isResumed || self == .none ? 1 : 2 }
  }

  @Test(arguments: Support.allCases, [false, true])
  func aBrokenTransferGoesOn(_ support: Support, inAnotherRun: Bool) async throws {
    let picture = try testPicture()
    let start = picture.count / 3
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        if request.earlier == 0 {
          return .status(
            200, support.fields, body: Array(picture[..<start]), length: picture.count,
            then: .close)
        }
        guard let range = request.fields["range"] else { return .ok(picture, support.fields) }
        #expect(range == "bytes=\(start)-")
        #expect(
          request.fields["if-range"] == support.fields["ETag"] ?? support.fields["Last-Modified"])
        return support.rest(of: picture, from: start)
      } _: { server in
        let sections = [SectionDownload(1)]
        if inAnotherRun {
          let report = try await AllenBrainAtlas(server) { $0.attempts = 1 }.download(
            sections, to: folder.path)
          #expect(report.skipped.count == 1)
          #expect(folder.of(server).names == ["1.part", "1.part.json"])
          #expect(try folder.of(server).bytes("1.part") == Array(picture[..<start]))
        }
        let report = try await AllenBrainAtlas(server).download(sections, to: folder.path)
        #expect(report.files.map(\.byteCount) == [picture.count])
        #expect(try folder.of(server).bytes("1.jpg") == picture)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
        #expect(server.requests.count == 1 + support.requests)
        #expect(server.requests[1].fields["range"] == "bytes=\(start)-")
      }
    }
  }

  @Test(arguments: [[:], ["ETag": "W/\"weak\""]])
  func withoutASureVersionItBeginsAnew(_ fields: [String: String]) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        request.earlier == 0
          ? .status(
            200, fields, body: Array(picture.prefix(100)), length: picture.count, then: .close)
          : .ok(picture, fields)
      } _: { server in
        let report = try await AllenBrainAtlas(server).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(server.requests.allSatisfy { $0.fields["range"] == nil })
        #expect(try folder.of(server).bytes("1.jpg") == picture)
      }
    }
  }

  @Test func severalBreaksAreGoneOnWith() async throws {
    let picture = try testPicture()
    let piece = (picture.count + 3) / 4
    let tag = ["ETag": "\"a\""]
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        let range = request.fields["range"]?.dropFirst("bytes=".count).dropLast() ?? "0"
        let start = try #require(Int(range))
        let body = Array(picture[start..<min(start + piece, picture.count)])
        var fields = tag
        if start > 0 {
          fields["Content-Range"] = "bytes \(start)-\(picture.count - 1)/\(picture.count)"
        }
        return .status(
          start == 0 ? 200 : 206, fields, body: body, length: picture.count - start, then: .close)
      } _: { server in
        let report = try await AllenBrainAtlas(server).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(server.requests.count == 4)
        #expect(try folder.of(server).bytes("1.jpg") == picture)
      }
    }
  }

  /// The server wrongly says that both parts are of the same version.
  @Test func aPictureThatDoesNotFitTogetherIsFetchedAnew() async throws {
    let new = try testPicture()
    let start = new.count / 2
    let tag = ["ETag": "\"same for all\""]
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        if request.earlier == 0 {
          return .status(
            200, tag, body: Array(repeating: 0xFF, count: start), length: new.count, then: .close)
        }
        guard request.fields["range"] != nil else { return .ok(new, tag) }
        let fields = ["Content-Range": "bytes \(start)-\(new.count - 1)/\(new.count)"]
        return .status(206, fields, body: Array(new[start...]))
      } _: { server in
        let report = try await AllenBrainAtlas(server).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(server.requests.count == 3)
        #expect(server.requests[2].fields["range"] == nil)
        #expect(try folder.of(server).bytes("1.jpg") == new)
      }
    }
  }

  @Test func aPartThatIsWholeNeedsNoRequest() async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .status(500)
      } _: { server in
        try folder.of(server).write(picture, to: "1.part")
        try folder.of(server).write(
          Array("{\"validator\":\"\\\"a\\\"\",\"total\":\(picture.count)}".utf8),
          to: "1.part.json")
        let report = try await AllenBrainAtlas(server).download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count == 1)
        #expect(server.requests.isEmpty)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
      }
    }
  }

  @Test(arguments: ["", "{", "{\"validator\":3}"])
  func aPartWithoutAGoodNoteIsDropped(_ note: String) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { server in
        try folder.of(server).write(Array(picture.prefix(50)), to: "1.part")
        try folder.of(server).write(Array(note.utf8), to: "1.part.json")
        _ = try await AllenBrainAtlas(server).download([SectionDownload(1)], to: folder.path)
        #expect(server.requests.allSatisfy { $0.fields["range"] == nil })
        #expect(try folder.of(server).bytes("1.jpg") == picture)
        #expect(folder.of(server).names == ["1.jpg", "1.json"])
      }
    }
  }
}
