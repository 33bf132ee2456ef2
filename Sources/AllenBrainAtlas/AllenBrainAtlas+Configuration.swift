public import CajalImages
public import Foundation

extension AllenBrainAtlas {
  /// How the server is reached, how patiently, and what is accepted from it.
  public struct Configuration: Sendable {
    /// The base address, to which `/api/v2/…` is appended.
    public var server = URL(string: "https://api.brain-map.org")!
    /// What the client calls itself.
    public var userAgent = "Cajal (image-to-image transformers in Swift)"
    /// The most connections at once. The server has no published limit; two are polite.
    public var connections = 2
    /// How long the head of an answer may take, counted from the request, connecting included.
    public var answerTimeout = Duration.seconds(60)
    /// How long the server may be silent in the middle of an answer.
    public var idleTimeout = Duration.seconds(30)
    /// How often a request is made, at most, when its failures may pass: no connection, a broken or
    /// stalled one, a damaged picture, status 429 or 5xx.
    public var attempts = 5
    /// The longest pause before the second attempt. It doubles from attempt to attempt; a random
    /// part of up to half is taken off, so that clients which failed together do not return
    /// together.
    public var firstPause = Duration.seconds(1)
    /// No pause is longer. A server that asks for a longer one (`Retry-After`) is not asked again.
    public var longestPause = Duration.seconds(120)
    /// Waits between two attempts.
    public var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// How large a picture may be. Larger ones are skipped, if possible before they are downloaded.
    public var imageLimits = ImageLimits.default
    /// How many records are asked for at once, in lists.
    public var rowsPerPage = 2000

    /// The values above.
    public init() {}
  }
}
