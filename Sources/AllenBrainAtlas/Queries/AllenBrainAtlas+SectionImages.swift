import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension AllenBrainAtlas {
  /// The maximum number of experiments per query, which keeps the URL short.
  private static let dataSetsPerQuery = 50
  /// The maximum size of an answer to a query; a page of 2000 records has about one million bytes.
  private static let answerLimit = 256 << 20
  /// The maximum number of records of one list; more than the server has in total.
  private static let recordLimit = 100_000_000

  /// The section images that a query selects, by experiment in the order of its ids (as given, or
  /// else ascending) and within one by section number.
  ///
  /// - Throws: `AtlasError`, or `CancellationError` where the task is canceled.
  public func sectionImages(_ query: SectionQuery) async throws -> [SectionImage] {
    let session = HTTPSession(configuration)
    defer { session.invalidate() }
    var dataSets = query.dataSets
    if query.selectsDataSets {
      let criteria = try query.dataSetCriteria()
      let found: [SectionDataSet] = try await records("SectionDataSet", criteria, over: session)
      let ids = Set(found.map(\.id))
      dataSets = dataSets.isEmpty ? ids.sorted() : dataSets.filter(ids.contains)
    }
    var seen: Set<Int> = []
    dataSets = dataSets.filter { seen.insert($0).inserted }

    var images: [SectionImage] = []
    for start in stride(from: 0, to: dataSets.count, by: Self.dataSetsPerQuery) {
      let part = dataSets[start..<min(start + Self.dataSetsPerQuery, dataSets.count)]
      images += try await records(
        "SectionImage", SectionQuery.imageCriteria(dataSets: part), over: session)
    }
    let ranks = Dictionary(uniqueKeysWithValues: zip(dataSets, 0...))
    let key = { (image: SectionImage) in
      (image.dataSet.flatMap { ranks[$0] } ?? .max, image.sectionNumber ?? .max, image.id)
    }
    return images.sorted { key($0) < key($1) }
  }

  /// All the records that criteria select, page by page.
  private func records<Record: Decodable & Identifiable<Int>>(
    _ model: String, _ criteria: String, over session: HTTPSession
  ) async throws -> [Record] {
    var records: [Record] = []
    var seen: Set<Int> = []
    var total: Int?
    repeat {
      let query = RMAQuery(
        model: model, criteria: criteria, startRow: records.count,
        rowCount: configuration.rowsPerPage)
      let url = try url("/api/v2/data/query.json", query: query.percentEncoded)
      let data = try await answer(from: url, over: session)
      let (page, rows) = try RMAAnswer<Record>.rows(of: data, url: url.absoluteString)
      try check(page, with: rows.count, after: records.count, total: total, from: url)
      guard rows.allSatisfy({ seen.insert($0.id).inserted }) else {
        throw AtlasError.unexpectedAnswer(
          url: url.absoluteString, reason: "a record comes twice; try again")
      }
      total = page.totalRows
      records += rows
    } while records.count < total ?? 0
    return records
  }

  /// Checks that a page starts where the previous one ended: the server evaluates each page again,
  /// so that rows could be lost if its list changes.
  private func check(
    _ page: RMAAnswer<some Decodable>, with rows: Int, after earlier: Int, total: Int?,
    from url: URL
  ) throws(AtlasError) {
    let complaint: String? =
      switch (page.totalRows, total) {
      case (nil, _):
        "it does not say how many rows there are"
      case (let now?, _) where !(0...Self.recordLimit).contains(now):
        "it says that there are \(now) rows"
      case (let now?, let before?) where now != before:
        "the list has \(now) rows now and had \(before) a page before; try again"
      case _ where page.startRow.map { $0 != earlier } ?? false:
        "it starts with row \(page.startRow ?? 0) instead of \(earlier)"
      case (let now?, _) where rows == 0 && now > 0:
        "the page from row \(earlier) of \(now) is empty; try again"
      case (let now?, _) where earlier + rows > now:
        "there are more rows than the \(now) that it declares"
      default:
        nil
      }
    if let complaint { throw .unexpectedAnswer(url: url.absoluteString, reason: complaint) }
  }

  private func answer(from url: URL, over session: HTTPSession) async throws -> Data {
    try await retrying(url) {
      let receiver = AnswerReceiver(url: url.absoluteString, limit: Self.answerLimit)
      var request = URLRequest(url: url)
      request.setValue("application/json", forHTTPHeaderField: "Accept")
      try await session.receive(request, into: receiver)
      return receiver.data
    }
  }
}
