/// A transient failure of one attempt.
enum TransferFailure: Error {
  /// No connection to the server.
  case unreachable(reason: String)
  /// The transfer failed; `retryAfter` is the pause requested by the server.
  case broken(reason: String, retryAfter: Duration? = nil)
}
