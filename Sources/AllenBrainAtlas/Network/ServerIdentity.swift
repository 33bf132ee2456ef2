import CajalSupport
import Foundation

/// The identity of a server: scheme, host, port and base path.
struct ServerIdentity: Sendable, Hashable {
  let scheme: String
  let host: String
  let port: Int
  /// Without a slash at its end.
  let path: String

  /// The server of a base address, or of anything under it with an empty path.
  init(_ url: URL, path: String? = nil) {
    scheme = url.scheme?.lowercased() ?? ""
    host = url.host?.lowercased() ?? ""
    port = url.port ?? (scheme == "https" ? 443 : 80)
    let given = path ?? URLComponents(url: url, resolvingAgainstBaseURL: true)?.percentEncodedPath
    self.path = (given ?? "").split(separator: "/").map { "/" + $0 }.joined()
  }

  /// The Allen Institute's own server.
  static let standard = ServerIdentity(AllenBrainAtlas.Configuration().server)

  /// The folder name for pictures from this server; unique per server.
  var folderName: String {
    let name = ([scheme, host, "\(port)"] + path.split(separator: "/").map(String.init))
      .map(Self.escaped).joined(separator: "_")
    // Names of files have at most 255 bytes.
    guard name.utf8.count > 200 else { return name }
    return name.prefix(180) + "_" + String(CRC32C.checksum(Array(name.utf8)), radix: 16)
  }

  /// The text with everything but letters, digits, dots and hyphens percent-encoded, including the
  /// separator of names.
  private static func escaped(_ text: String) -> String {
    let plain = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
  }

  /// Whether a redirect is allowed: within the same server, or to HTTPS on the same host.
  static func allowsRedirect(from old: URL, to new: URL) -> Bool {
    let (old, new) = (ServerIdentity(old, path: ""), ServerIdentity(new, path: ""))
    return old == new
      || old.host == new.host && old.scheme == "http" && new.scheme == "https"
  }
}
