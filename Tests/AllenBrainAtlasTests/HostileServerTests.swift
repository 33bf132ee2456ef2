import Foundation
import LoopbackServer
import Testing

@testable import AllenBrainAtlas

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What a server can say to take a client down: each must end in an error or a result, never in a
/// trap.
@Suite struct HostileServerTests {
  /// Numbers at the edges of what integers, floating-point numbers and dates hold.
  static let numbers = [
    "0", "-1", "1", "-0", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
    "18446744073709551615", "18446744073709551616", "340282366920938463463374607431768211456",
    "1e400", "-1e400", "1.5", "1e19", "0.1e1", "NaN", "Infinity", "null", "true", "\"\"",
    "\"9223372036854775807\"", "\"-1\"", "\"abc\"", "[]", "{}",
  ]

  @Test(arguments: ["first", "last", "total", "all"])
  func contentRanges(field: String) async throws {
    let picture = try testPicture()
    let start = picture.count / 3
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        // A section a number.
        let section = Int(request.target.split(separator: "/").last ?? "") ?? 1
        let number = Self.numbers[section - 1]
        let tag = ["ETag": "\"a\""]
        if request.earlier == 0 {
          return .status(
            200, tag, body: Array(picture[..<start]), length: picture.count, then: .close)
        }
        guard request.fields["range"] != nil else { return .ok(picture, tag) }
        func value(_ name: String, _ right: Int) -> String {
          field == name || field == "all" ? number : "\(right)"
        }
        let range =
          "bytes \(value("first", start))-\(value("last", picture.count - 1))"
          + "/\(value("total", picture.count))"
        return .status(
          206, tag.merging(["Content-Range": range]) { $1 }, body: Array(picture[start...]))
      } _: { server in
        let report = try await AllenBrainAtlas(server) { $0.attempts = 3 }.download(
          Self.numbers.indices.map { SectionDownload($0 + 1) }, to: folder.path)
        #expect(report.files.count == Self.numbers.count)
        #expect(report.files.allSatisfy { $0.byteCount == picture.count })
      }
    }
  }

  @Test(arguments: [
    "bytes 9223372036854775806-9223372036854775807/9223372036854775807",
    "bytes 0-9223372036854775807/9223372036854775807", "bytes 0-0/0",
    "bytes 0-99999999999999999999/100000000000000000000", "bytes -1-5/6", "bytes */7", "",
  ])
  func rangesAtTheEndOfIntegers(_ text: String) {
    #expect(ContentRange(text)?.reachesEnd != true)
  }

  /// But for lengths of 2⁶³ and a little less, at which Foundation itself traps on Linux.
  @Test(arguments: numbers.filter { $0 != "\(Int.max)" })
  func contentLengths(_ number: String) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        guard request.earlier == 0 else { return .ok(picture) }
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(number)\r\n\r\n"
        return .raw(Array(head.utf8) + picture, then: .close)
      } _: { server in
        let report = try await AllenBrainAtlas(server) { $0.attempts = 3 }.download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.files.count + report.skipped.count == 1)
      }
    }
  }

  @Test(arguments: [
    ("77", 77.0), (" 77 ", 77), ("0", 0), ("-5", 0), ("-9223372036854775808", 0),
    ("9223372036854775807", 315_360_000), ("99999999999999999999999", 315_360_000),
    ("Fri, 31 Dec 9999 23:59:59 GMT", 315_360_000), ("Mon, 01 Jan 0001 00:00:00 GMT", 0),
  ])
  func pauses(_ text: String, seconds: Double) {
    #expect(HTTPURLResponse.pause(text) == .seconds(seconds))
  }

  @Test(arguments: ["", "soon", "1e400", "NaN", "inf", "0x10", "--5"])
  func pausesThatAreNone(_ text: String) { #expect(HTTPURLResponse.pause(text) == nil) }

  @Test(arguments: [
    "", " ", "/", "//", "///", "//host", "?", "#", ":", "http:", "http://", "http:///x",
    "http://[::1",
    "http://a b/", "/%zz", "/?%zz", "/#%zz", "//host:99999999/", "http://host:port/", "data:,x",
    "mailto:a@b", "file:///etc/passwd", "\\\\host", "é", "/" + String(repeating: "a", count: 9000),
  ])
  func locations(_ location: String) async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        request.target == target(1) ? .status(302, ["Location": location]) : .status(404)
      } _: { server in
        let report = try await AllenBrainAtlas(server) { $0.attempts = 2 }.download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.skipped.count == 1)
      }
    }
  }

  @Test(arguments: [
    "HTTP/1.1 99999999999999999999 OK", "HTTP/1.1 -1 OK", "HTTP/1.1 0 OK", "HTTP/1.1 999 OK",
    "HTTP/1.1", "HTTP/9.9 200 OK", "nonsense", "HTTP/1.1 200 OK\r\nno field",
    "HTTP/1.1 200 OK\r\n: nothing", "HTTP/1.1 200 OK\r\nETag:\r\nETag: \"a\"",
    "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip",
    "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 300_000),
  ])
  func heads(_ head: String) async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .raw(Array((head + "\r\n\r\n").utf8), then: .close)
      } _: { server in
        let report = try await AllenBrainAtlas(server) { $0.attempts = 2 }.download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.skipped.count == 1)
      }
    }
  }

  @Test(arguments: numbers) func pausesOfAnswers(_ number: String) async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .status(429, ["Retry-After": number])
      } _: { server in
        let report = try await AllenBrainAtlas(server) { $0.attempts = 2 }.download(
          [SectionDownload(1)], to: folder.path)
        #expect(report.skipped.count == 1)
      }
    }
  }

  @Test(arguments: [
    "start_row", "num_rows", "total_rows", "success", "id", "data_set_id", "section_number", "x",
    "width", "image_height", "resolution", "tier_count", "msg",
  ])
  func records(field: String) async throws {
    try await LoopbackServer.run { request in
      .ok(Array(Self.answer(Self.numbers[request.earlier % Self.numbers.count], to: field).utf8))
    } _: { server in
      for _ in Self.numbers {
        do {
          let images = try await AllenBrainAtlas(server).sectionImages(SectionQuery(dataSets: [1]))
          #expect(images.allSatisfy { $0.id > 0 })
          // What is listed can be asked for.
          _ = images.map { SectionDownload($0.id) }
        } catch let error as AtlasError {
          #expect(error.description.contains(server.url.absoluteString))
        }
      }
      // On a slow machine a time-out may have one asked for twice.
      #expect(server.requests.count >= Self.numbers.count)
    }
  }

  /// A list of one record, with a number in the place of one field.
  private static func answer(_ number: String, to field: String) -> String {
    func value(_ name: String, _ right: String) -> String {
      "\"\(name)\":\(field == name ? number : right)"
    }
    let names = ["section_number", "x", "width", "image_height", "resolution", "tier_count"]
    let record =
      "{"
      + ([value("id", "7"), value("data_set_id", "1")] + names.map { value($0, "3") })
      .joined(separator: ",") + "}"
    return "{"
      + [
        value("success", "true"), value("start_row", "0"), value("num_rows", "1"),
        value("total_rows", "1"), value("msg", "[\(record)]"),
      ].joined(separator: ",") + "}"
  }

  @Test(arguments: ["-7", "0", "\"-7\"", "-9223372036854775808"])
  func anIDThatIsNoneIsAnError(_ id: String) async throws {
    try await LoopbackServer.run { _ in
      .ok(Array("{\"success\":true,\"total_rows\":1,\"msg\":[{\"id\":\(id)}]}".utf8))
    } _: { server in
      for query in [SectionQuery(dataSets: [1]), SectionQuery(product: 1)] {
        let error = await #expect(throws: AtlasError.self) {
          try await AllenBrainAtlas(server).sectionImages(query)
        }
        let text = try line(of: error)
        #expect(text.contains("is not a valid id"))
      }
    }
  }

  @Test(arguments: ["-1", "-9223372036854775808", "9223372036854775807"])
  func aNumberOfRowsThatIsNoneIsAnError(_ count: String) async throws {
    _ = try await LoopbackServer.run { _ in
      .ok(Array("{\"success\":true,\"total_rows\":\(count),\"msg\":[]}".utf8))
    } _: { server in
      await #expect(throws: AtlasError.self) {
        try await AllenBrainAtlas(server).sectionImages(SectionQuery(dataSets: [1]))
      }
    }
  }

  @Test func deepAnswersAreRefused() async throws {
    _ = try await LoopbackServer.run { _ in
      .ok([UInt8](repeating: UInt8(ascii: "["), count: 200_000))
    } _: { server in
      await #expect(throws: AtlasError.self) {
        try await AllenBrainAtlas(server).sectionImages(SectionQuery(dataSets: [1]))
      }
    }
  }

  /// A record in the cache is no more to be trusted than an answer.
  @Test(arguments: ["-1", "9223372036854775807", "-9223372036854775808", "0"])
  func cachedRecords(_ number: String) async throws {
    let picture = try testPicture()
    try await withCacheFolder { folder in
      try await LoopbackServer.run { _ in
        .ok(picture)
      } _: { server in
        let (atlas, section) = (AllenBrainAtlas(server), [SectionDownload(1)])
        _ = try await atlas.download(section, to: folder.path)
        let record = String(decoding: try folder.of(server).bytes("1.json"), as: UTF8.self)
        let changed = record.replacing(/"(width|height)" *: *\d+/) { "\"\($0.1)\": \(number)" }
        try folder.of(server).write(Array(changed.utf8), to: "1.json")
        let report = try await atlas.download(section, to: folder.path)
        #expect(report.files.count + report.skipped.count == 1)
        #expect(report.files.allSatisfy { $0.width == 64 && $0.height == 48 })
      }
    }
  }
}
