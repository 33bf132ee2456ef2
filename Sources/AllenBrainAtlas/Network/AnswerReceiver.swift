import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Collects the body of a response in memory.
final class AnswerReceiver: BodyReceiver {
  private let url: String
  private let limit: Int
  private let body = Mutex(Data())

  /// - Parameter limit: the maximum number of bytes.
  init(url: String, limit: Int) {
    self.url = url
    self.limit = limit
  }

  /// The bytes received so far.
  var data: Data { body.withLock { $0 } }

  func begin(_ response: HTTPURLResponse) throws {
    guard response.statusCode == 200 else { throw response.failure(for: url) }
  }

  func append(_ data: Data) throws {
    try body.withLock { body in
      guard body.count + data.count <= limit else {
        throw AtlasError.unexpectedAnswer(url: url, reason: "it is longer than \(limit) bytes")
      }
      body.append(data)
    }
  }
}
