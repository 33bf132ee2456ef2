import AllenBrainAtlas
import LoopbackServer
import Foundation
import Testing

@Suite struct SectionQueryTests {
  private static let prefix = "/api/v2/data/query.json?criteria="

  /// The envelope around rows of JSON.
  private static func page(
    _ rows: [String], start: Int = 0, total: Int? = nil
  ) -> LoopbackServer.Reply {
    .ok(
      Array(
        """
        {"success": true, "id": 0, "start_row": \(start), "num_rows": \(rows.count),
         "total_rows": \(total ?? rows.count), "msg": [\(rows.joined(separator: ","))]}
        """.utf8))
  }

  private static func json(_ text: String) -> LoopbackServer.Reply { .ok(Array(text.utf8)) }

  /// The images of one experiment, from a server that answers in its own way.
  private func images(
    rowsPerPage: Int = 2000, _ handler: @escaping LoopbackServer.Handler
  ) async throws -> [SectionImage] {
    try await LoopbackServer.run(handler) { server in
      try await AllenBrainAtlas(server) { $0.rowsPerPage = rowsPerPage }.sectionImages(
        SectionQuery(dataSets: [69_289_763]))
    }
  }

  @Test func queriesAreEncodedAsTheServerWantsThem() async throws {
    try await LoopbackServer.run { request in
      request.target.contains("SectionDataSet")
        ? Self.page(["{\"id\": 8}", "{\"id\": 7}"])
        : Self.page([
          "{\"id\": 1, \"data_set_id\": 8, \"section_number\": 5}",
          "{\"id\": 2, \"data_set_id\": 7, \"section_number\": 9}",
          "{\"id\": 3, \"data_set_id\": 7, \"section_number\": 4}",
        ])
    } _: { server in
      let images = try await AllenBrainAtlas(server).sectionImages(
        SectionQuery(product: 1, plane: .sagittal, treatment: "NISSL stain"))
      #expect(images.map(\.id) == [3, 2, 1])
      #expect(
        server.requests.map(\.target) == [
          Self.prefix + "model::SectionDataSet,rma::criteria,%5Bfailed$eq%27false%27%5D,"
            + "products%5Bid$eq1%5D,plane_of_section%5Bname$eq%27sagittal%27%5D,"
            + "treatments%5Bname$eq%27NISSL%20stain%27%5D,rma::options%5Border$eq%27id%27%5D"
            + "%5Bnum_rows$eq2000%5D%5Bstart_row$eq0%5D",
          Self.prefix + "model::SectionImage,rma::criteria,%5Bfailed$eq%27false%27%5D"
            + "%5Bdata_set_id$in7,8%5D,rma::options%5Border$eq%27id%27%5D"
            + "%5Bnum_rows$eq2000%5D%5Bstart_row$eq0%5D",
        ])
    }
  }

  @Test func experimentsAreListedInTheGivenOrder() async throws {
    try await LoopbackServer.run { _ in
      Self.page([
        "{\"id\": 1, \"data_set_id\": 5}", "{\"id\": 2, \"data_set_id\": 9}",
        "{\"id\": 3, \"data_set_id\": 5}",
      ])
    } _: { server in
      let images = try await AllenBrainAtlas(server).sectionImages(
        SectionQuery(dataSets: [9, 5, 9]))
      #expect(images.map(\.id) == [2, 1, 3])
      #expect(server.requests.count == 1)
      #expect(server.requests[0].target.contains("data_set_id$in9,5%5D"))
    }
  }

  @Test(arguments: ["a' or 'b", "a&b", "a]b", "", "a\nb"])
  func aTreatmentCannotBreakOutOfItsQuery(_ treatment: String) async throws {
    try await LoopbackServer.run { _ in
      Self.page([])
    } _: { server in
      let error = await #expect(throws: AtlasError.self) {
        try await AllenBrainAtlas(server).sectionImages(SectionQuery(treatment: treatment))
      }
      guard case .unusableQuery = error else {
        Issue.record("the error is \(String(describing: error))")
        return
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func aRecordIsReadWhateverItHas() async throws {
    let images = try await images { _ in
      Self.page([
        """
        {"id": 101945191, "data_set_id": 123, "section_number": 171, "x": 0, "y": 2,
         "width": 8992, "height": 4936, "image_width": 8992, "image_height": 4936,
         "resolution": 1.63, "image_type": "Primary", "failed": false, "tier_count": 7,
         "expression": null, "axes": null, "unheard_of": {"a": [1]}}
        """,
        """
        {"id": "101945192", "section_number": "172", "data_set_id": "123", "resolution": "1.07",
         "width": null, "height": "tall"}
        """,
        "{\"id\": 101945193}",
      ])
    }
    #expect(images.map(\.id) == [101_945_191, 101_945_192, 101_945_193])
    #expect(images.map(\.sectionNumber) == [171, 172, nil])
    #expect(images.map(\.resolution) == [1.63, 1.07, nil])
    #expect(images.map(\.width) == [8992, nil, nil])
    #expect(images.map(\.height) == [4936, nil, nil])
    #expect(images.map(\.y) == [2, nil, nil])
    #expect(images.map(\.tierCount) == [7, nil, nil])
  }

  @Test func numbersOfTheEnvelopeMayBeTexts() async throws {
    let images = try await images { _ in
      Self.json(
        """
        {"success": "true", "start_row": "0", "num_rows": "1", "total_rows": "1",
         "msg": [{"id": 4}], "more": 1}
        """)
    }
    #expect(images.map(\.id) == [4])
  }

  @Test func anEmptyListIsNoError() async throws {
    #expect(try await images { _ in Self.page([]) }.isEmpty)
  }

  @Test func pagesAreReadToTheEnd() async throws {
    let images = try await images(rowsPerPage: 2) { request in
      switch request.target {
      case let target where target.contains("start_row$eq0"):
        Self.page(["{\"id\": 1}", "{\"id\": 2}"], start: 0, total: 5)
      case let target where target.contains("start_row$eq2"):
        Self.page(["{\"id\": 3}", "{\"id\": 4}"], start: 2, total: 5)
      default:
        Self.page(["{\"id\": 5}"], start: 4, total: 5)
      }
    }
    #expect(images.map(\.id) == [1, 2, 3, 4, 5])
  }

  /// A second page that does not continue the first, of rows 1 and 2 of 5.
  @Test(arguments: [
    (["{\"id\": 3}"], 2, 6, "has 6 rows now and had 5"),
    ([], 2, 5, "is empty"),
    (["{\"id\": 3}"], 0, 5, "starts with row 0 instead of 2"),
    (["{\"id\": 2}"], 2, 5, "a record comes twice"),
    ((3...6).map { "{\"id\": \($0)}" }, 2, 5, "more rows than the 5"),
  ])
  func pagesThatDoNotFitTogetherAreAnError(
    rows: [String], start: Int, total: Int, reason: String
  ) async throws {
    let error = await #expect(throws: AtlasError.self) {
      try await images(rowsPerPage: 2) { request in
        request.target.contains("start_row$eq0")
          ? Self.page(["{\"id\": 1}", "{\"id\": 2}"], start: 0, total: 5)
          : Self.page(rows, start: start, total: total)
      }
    }
    #expect(try line(of: error).contains(reason))
  }

  @Test(arguments: [
    ("{\"success\": false, \"total_rows\": 0, \"msg\": \"no such\\nmodel\"}", "no such model"),
    ("{\"success\": true, \"total_rows\": 0, \"msg\": \"odd\"}", "odd"),
    ("{\"success\": false, \"msg\": []}", "no reason given"),
  ])
  func theServersComplaintIsAnError(_ answer: String, message: String) async throws {
    try await LoopbackServer.run { _ in
      Self.json(answer)
    } _: { server in
      let error = await #expect(throws: AtlasError.self) {
        try await AllenBrainAtlas(server).sectionImages(SectionQuery(dataSets: [1]))
      }
      guard case .queryRejected = error else {
        Issue.record("the error is \(String(describing: error))")
        return
      }
      let text = try line(of: error)
      #expect(text.hasSuffix("the server says: " + message))
      #expect(!text.contains("\n"))
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: [
    ("<xml/>", "not valid JSON"), ("", "not valid JSON"), ("[]", "has the wrong type"),
    ("{\"success\": true, \"total_rows\": 1}", "has no 'msg'"),
    ("{\"success\": true, \"msg\": [{\"id\": 1}]}", "does not say how many rows"),
    (
      "{\"success\": true, \"total_rows\": 1, \"msg\": [{\"width\": 1}]}",
      "'msg[0].id': it is missing"
    ),
    ("{\"success\": true, \"total_rows\": 1, \"msg\": 3}", "'msg' has the wrong type"),
  ])
  func anAnswerThatIsNoneIsAnError(_ answer: String, reason: String) async throws {
    let error = await #expect(throws: AtlasError.self) {
      try await images { _ in Self.json(answer) }
    }
    guard case .unexpectedAnswer = error else {
      Issue.record("the error is \(String(describing: error))")
      return
    }
    #expect(try line(of: error).contains(reason))
  }

  @Test func aQueryIsMadeAgainWhenTheServerFails() async throws {
    let images = try await images { request in
      switch request.earlier {
      case 0: .status(502)
      case 1: .status(200, body: Array("{\"success".utf8), length: 1000, then: .close)
      default: Self.page(["{\"id\": 1}"])
      }
    }
    #expect(images.map(\.id) == [1])
  }

  @Test func aRefusedQueryIsNotMadeAgain() async throws {
    try await LoopbackServer.run { _ in
      .status(400)
    } _: { server in
      let error = await #expect(throws: AtlasError.self) {
        try await AllenBrainAtlas(server).sectionImages(SectionQuery(dataSets: [1]))
      }
      guard case .refused(_, status: 400) = error else {
        Issue.record("the error is \(String(describing: error))")
        return
      }
      #expect(server.requests.count == 1)
    }
  }
}
