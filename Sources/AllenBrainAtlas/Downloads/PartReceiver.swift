import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Writes the body of a response to a file, resuming an earlier transfer if the server sends the
/// missing range.
final class PartReceiver: BodyReceiver {
  private let part: PartFile
  private let url: String
  private let limit: Int
  private let reporter: ProgressReporter

  /// - Parameter limit: the maximum size of the whole file.
  init(part: PartFile, url: String, limit: Int, reporter: ProgressReporter) {
    self.part = part
    self.url = url
    self.limit = limit
    self.reporter = reporter
  }

  func begin(_ response: HTTPURLResponse) throws {
    switch response.statusCode {
    case 200:
      let length = Int(response.expectedContentLength)
      try part.restart(
        validator: Self.validator(of: response), total: length >= 0 ? length : nil)
      try check(count: length)
    case 206 where part.isResumable:
      let version = Self.validator(of: response)
      guard version == nil || version == part.validator,
        let range = ContentRange(response.field("Content-Range") ?? ""),
        range.first == part.count, range.reachesEnd,
        part.total == nil || part.total == range.total
      else {
        part.discard()
        throw TransferFailure.broken(reason: "the server sends another part than the missing one")
      }
    case 416 where part.isResumable:
      part.discard()
      throw TransferFailure.broken(reason: "the server cannot resume the transfer")
    default:
      throw response.failure(for: url)
    }
  }

  func append(_ data: Data) throws {
    try check(count: part.count + data.count)
    try part.append(data)
    reporter.update { $0.receivedBytes += data.count }
  }

  private func check(count: Int) throws {
    guard count <= limit else {
      part.discard()
      throw AtlasError.tooLarge(
        url: url, reason: "the picture has more than the allowed \(limit) bytes; raise the limits")
    }
  }

  /// The validator of a version: a strong entity tag or a date. A weak tag does not guarantee equal
  /// bytes.
  private static func validator(of response: HTTPURLResponse) -> String? {
    if let tag = response.field("ETag"), tag.hasPrefix("\"") { return tag }
    return response.field("Last-Modified")
  }
}
