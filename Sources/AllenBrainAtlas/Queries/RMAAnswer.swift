import CajalSupport
import Foundation

/// The envelope of an answer of the server's query service (RMA, "RESTful model access").
struct RMAAnswer<Record: Decodable>: Decodable {
  /// The rows of this page or, on failure, a text.
  enum Message {
    case rows([Record])
    case text(String)
  }

  let isSuccess: Bool
  let startRow: Int?
  let totalRows: Int?
  let message: Message

  private enum CodingKeys: String, CodingKey {
    case success
    case startRow = "start_row"
    case totalRows = "total_rows"
    case message = "msg"
  }

  init(from decoder: any Decoder) throws {
    let envelope = try decoder.container(keyedBy: CodingKeys.self)
    isSuccess = try envelope.required(.success)
    startRow = envelope.lenient(.startRow)
    totalRows = envelope.lenient(.totalRows)
    if let text = try? envelope.decode(String.self, forKey: .message) {
      message = .text(text)
    } else if isSuccess {
      message = .rows(try envelope.decode([Record].self, forKey: .message))
    } else {
      message = .text("no reason given")
    }
  }

  /// The rows of an answer to a query.
  static func rows(of data: Data, url: String) throws(AtlasError) -> (page: Self, rows: [Record]) {
    let answer: Self
    do {
      answer = try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw .unexpectedAnswer(url: url, reason: error.sentence)
    }
    switch answer.message {
    case .rows(let rows): return (answer, rows)
    case .text(let text): throw .queryRejected(url: url, message: text)
    }
  }
}
