import Foundation

extension AllenBrainAtlas {
  /// Repeats a request, with growing pauses, while it fails transiently.
  ///
  /// - Throws: `AtlasError` after the last attempt; other errors of an attempt are rethrown at
  ///   once.
  func retrying<Result>(
    _ url: URL, _ attempt: () async throws -> Result
  ) async throws -> Result {
    var attempts = 0
    while true {
      attempts += 1
      do {
        return try await attempt()
      } catch TransferFailure.unreachable(let reason) {
        guard attempts < configuration.attempts else {
          throw AtlasError.unreachable(
            server: configuration.server.absoluteString, reason: reason)
        }
        try await configuration.pause(pause(after: attempts))
      } catch TransferFailure.broken(let reason, let retryAfter) {
        let wish = retryAfter ?? .zero
        guard attempts < configuration.attempts, wish <= configuration.longestPause else {
          let note = wish > configuration.longestPause ? ", asking for a pause of \(wish)" : ""
          throw AtlasError.failed(
            url: url.absoluteString, attempts: attempts, reason: reason + note)
        }
        try await configuration.pause(max(pause(after: attempts), wish))
      }
    }
  }

  /// The pause after the given number of failed attempts, 1 or more.
  private func pause(after attempts: Int) -> Duration {
    let doublings = min(attempts - 1, 30)
    let longest = min(configuration.firstPause * (1 << doublings), configuration.longestPause)
    return longest * Double.random(in: 0.5...1)
  }
}
