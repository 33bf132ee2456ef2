import Foundation

/// Errors from the server; each description is one line with the URL and the reason.
public enum AtlasError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The configured base address is not one.
  case unusableServer(String)
  /// An invalid query.
  case unusableQuery(reason: String)
  /// No connection to the server.
  case unreachable(server: String, reason: String)
  /// The server does not have it (status 404 or 410).
  case notFound(url: String)
  /// The server refuses permanently.
  case refused(url: String, status: Int)
  /// The server sends the request to another server, or to one without encryption.
  case redirected(url: String, to: String)
  /// Every attempt failed; the reason is that of the last one.
  case failed(url: String, attempts: Int, reason: String)
  /// The picture is over the configured limits.
  case tooLarge(url: String, reason: String)
  /// The server rejected a query.
  case queryRejected(url: String, message: String)
  /// The answer to a query does not match the server's documentation.
  case unexpectedAnswer(url: String, reason: String)

  /// The reason in one line.
  public var description: String {
    switch self {
    case .unusableServer(let text):
      "\(text) is not the address of a server; give one such as https://api.brain-map.org"
    case .unusableQuery(let reason):
      reason
    case .unreachable(let server, let reason):
      "\(server) cannot be reached: \(reason); check the network or name another server "
        + "(what is in the cache folder stays and is not downloaded again)"
    case .notFound(let url):
      "\(url): the server does not have it"
    case .refused(let url, let status):
      "\(url): the server refuses it (HTTP status \(status))"
    case .redirected(let url, let target):
      "\(url): the server redirects to \(target), which is not followed: it is "
        + (Self.isDowngrade(from: url, to: target) ? "without encryption" : "another server")
    case .failed(let url, let attempts, let reason):
      "\(url): \(reason) (\(attempts == 1 ? "1 attempt" : "\(attempts) attempts")); try again later"
    case .tooLarge(let url, let reason):
      "\(url): \(reason), or ask for a reduced picture or a region"
    case .queryRejected(let url, let message):
      "\(url): the server says: "
        + message.split(whereSeparator: \.isNewline).joined(separator: " ")
    case .unexpectedAnswer(let url, let reason):
      "\(url): the answer cannot be used: \(reason)"
    }
  }

  private static func isDowngrade(from url: String, to target: String) -> Bool {
    guard let old = URL(string: url), let new = URL(string: target) else { return false }
    return ServerIdentity.allowsRedirect(from: new, to: old)
  }

  /// Whether it concerns one section only, so that a download continues with the next.
  var concernsOneSection: Bool {
    switch self {
    case .notFound, .refused, .redirected, .failed, .tooLarge: true
    case .unusableServer, .unusableQuery, .unreachable, .queryRejected, .unexpectedAnswer: false
    }
  }
}
