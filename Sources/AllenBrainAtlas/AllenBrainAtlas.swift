import CajalSupport
package import Foundation

/// The image server of the Allen Institute for Brain Science: lists the section images of its
/// atlases and downloads them as JPEG files into a cache folder.
///
/// Errors that affect all sections (no network, a full disk) are thrown; a section that the server
/// does not have is skipped and reported.
///
/// ```swift
/// let atlas = AllenBrainAtlas()
/// let sections = AllenBrainAtlas.originalSectionIDs.map { SectionDownload($0, downsample: 2) }
/// let report = try await atlas.download(sections, to: "sections")
/// ```
///
/// The server's images are the Allen Institute's; its terms of use and citation policy apply
/// (<https://alleninstitute.org/legal/terms-use>).
public struct AllenBrainAtlas: Sendable {
  /// The settings of the connection.
  public let configuration: Configuration

  /// A client.
  ///
  /// Traps unless the numbers of connections, attempts and rows and the time-outs are positive.
  public init(configuration: Configuration = Configuration()) {
    require(configuration.connections > 0, "A download needs at least one connection.")
    require(configuration.attempts > 0, "A request needs at least one attempt.")
    require(configuration.rowsPerPage > 0, "A page has at least one row.")
    require(
      configuration.answerTimeout > .zero && configuration.idleTimeout > .zero,
      "Time-outs are positive.")
    require(
      configuration.firstPause >= .zero && configuration.longestPause >= .zero,
      "Pauses are not negative.")
    self.configuration = configuration
  }

  /// A URL under the server's base address.
  ///
  /// - Parameters:
  ///   - path: the path from the base, with a leading slash.
  ///   - query: what follows the question mark, percent-encoded already.
  func url(_ path: String, query: String = "") throws(AtlasError) -> URL {
    let base = configuration.server
    guard Self.isServer(base) else { throw .unusableServer(base.absoluteString) }
    var text = base.absoluteString
    while text.hasSuffix("/") { text.removeLast() }
    text += path + (query.isEmpty ? "" : "?" + query)
    guard let url = URL(string: text) else { throw .unusableServer(base.absoluteString) }
    return url
  }

  /// Whether an address can be the base address of a server.
  package static func isServer(_ url: URL) -> Bool {
    ["http", "https"].contains(url.scheme?.lowercased() ?? "") && !(url.host ?? "").isEmpty
      && url.query == nil && url.fragment == nil
  }
}
