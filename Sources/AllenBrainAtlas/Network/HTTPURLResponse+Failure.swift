import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension HTTPURLResponse {
  /// A field of the head, whatever its case.
  func field(_ name: String) -> String? { value(forHTTPHeaderField: name) }

  /// The error that a status other than the accepted ones stands for: an `AtlasError` where asking
  /// again is no use, else a `TransferFailure`.
  func failure(for url: String) -> any Error {
    switch statusCode {
    case 404, 410:
      AtlasError.notFound(url: url)
    case 429, 500...599:
      TransferFailure.broken(
        reason: "the server fails (HTTP status \(statusCode))", retryAfter: retryAfter)
    default:
      AtlasError.refused(url: url, status: statusCode)
    }
  }

  /// How long the server asks to wait, which it may say in seconds or as a date.
  private var retryAfter: Duration? {
    guard let text = field("Retry-After")?.trimmingCharacters(in: .whitespaces) else { return nil }
    if let seconds = Int(text) { return .seconds(max(seconds, 0)) }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return format.date(from: text).map { .seconds(max($0.timeIntervalSinceNow, 0)) }
  }
}
