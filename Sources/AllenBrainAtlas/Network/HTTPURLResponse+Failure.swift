import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension HTTPURLResponse {
  /// A header field, case-insensitive.
  func field(_ name: String) -> String? { value(forHTTPHeaderField: name) }

  /// The error of an unexpected status: an `AtlasError` if permanent, else a `TransferFailure`.
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

  /// The pause requested by the server, in seconds or as a date.
  private var retryAfter: Duration? {
    field("Retry-After").flatMap(Self.pause)
  }

  /// Pauses are capped at ten years.
  private static let longestPause = 315_360_000.0

  /// The pause that the value of a `Retry-After` field asks for, or `nil` where it is neither a
  /// number nor a date.
  static func pause(_ text: String) -> Duration? {
    let text = text.trimmingCharacters(in: .whitespaces)
    let isNumber = text.wholeMatch(of: /[+-]?\d+/) != nil
    guard let seconds = isNumber ? Double(text) : date(text)?.timeIntervalSinceNow else {
      return nil
    }
    return .seconds(min(max(seconds, 0), longestPause))
  }

  private static func date(_ text: String) -> Date? {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return format.date(from: text)
  }
}
