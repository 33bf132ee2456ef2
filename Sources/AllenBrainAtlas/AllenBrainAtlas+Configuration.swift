public import CajalImages
public import Foundation

extension AllenBrainAtlas {
  /// Settings of the connection: server, time-outs, retries and limits.
  public struct Configuration: Sendable {
    /// The base address, to which `/api/v2/…` is appended.
    public var server = URL(string: "https://api.brain-map.org")!
    /// The `User-Agent`.
    public var userAgent = "Cajal (image-to-image transformers in Swift)"
    /// The maximum number of connections. The server has no published limit; two are polite.
    public var connections = 2
    /// The time-out for response headers, counted from the request, connecting included.
    public var answerTimeout = Duration.seconds(60)
    /// The time-out for silence within a response.
    public var idleTimeout = Duration.seconds(30)
    /// The maximum number of attempts after transient failures: no connection, a broken or stalled
    /// one, a damaged picture, status 429 or 5xx.
    public var attempts = 5
    /// The maximum pause before the second attempt. It doubles from attempt to attempt, less a
    /// random part of up to half, so that clients that failed together do not retry together.
    public var firstPause = Duration.seconds(1)
    /// The maximum pause. If the server asks for a longer one (`Retry-After`), the request is not
    /// repeated.
    public var longestPause = Duration.seconds(120)
    /// Waits between two attempts.
    public var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// The limits of a picture. Larger ones are skipped, if possible before the download.
    public var imageLimits = ImageLimits.default
    /// The page size of lists.
    public var rowsPerPage = 2000

    /// The defaults.
    public init() {}
  }
}
