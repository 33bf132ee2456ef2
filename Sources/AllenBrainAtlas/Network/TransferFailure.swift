/// Why one attempt failed that may succeed when it is made again.
enum TransferFailure: Error {
  /// No connection to the server came about.
  case unreachable(reason: String)
  /// The transfer was made and failed; `retryAfter` is how long the server asks to wait.
  case broken(reason: String, retryAfter: Duration? = nil)
}
