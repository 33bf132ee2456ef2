import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One request, from its start until the response is complete or has failed.
final class Transfer: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Void, any Error>?
    /// The error that ended the transfer from this side.
    var failure: (any Error)?
    var hasBegun = false
    /// The outcome from the transport, if it came before the wait.
    var outcome: Result<Void, any Error>?
    var deadline: ContinuousClock.Instant
  }

  private let receiver: any BodyReceiver
  private let task: URLSessionDataTask
  private let idleTimeout: Duration
  private let state: Mutex<State>

  init(
    receiver: any BodyReceiver, task: URLSessionDataTask, answerTimeout: Duration,
    idleTimeout: Duration
  ) {
    self.receiver = receiver
    self.task = task
    self.idleTimeout = idleTimeout
    state = Mutex(State(deadline: .now + answerTimeout))
  }

  /// Starts the transfer and waits for its end, which may already have happened: a task canceled
  /// before its start ends at once.
  func run() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let outcome = state.withLock { state -> Result<Void, any Error>? in
        if let failure = state.failure { return .failure(failure) }
        if let outcome = state.outcome { return outcome }
        state.continuation = continuation
        return nil
      }
      if let outcome {
        continuation.resume(with: outcome)
      } else {
        task.resume()
      }
    }
  }

  /// Cancels the transfer.
  func cancel() { end(with: CancellationError()) }

  /// Follows a redirect within the server; any other redirect ends the transfer. The session
  /// limits how many are followed.
  ///
  /// On Linux the process crashes when `follow` is called for a canceled task, so one lock guards
  /// both, and a refused redirect is not canceled but completes with its own response.
  func redirect(from old: URL?, to request: URLRequest, _ follow: (URLRequest?) -> Void) {
    state.withLock { state in
      guard state.failure == nil else { return }
      if let old, let new = request.url, ServerIdentity.allowsRedirect(from: old, to: new) {
        return follow(request)
      }
      state.failure = AtlasError.redirected(
        url: old?.absoluteString ?? "", to: request.url?.absoluteString ?? "")
      follow(nil)
    }
  }

  /// Ends the transfer after the time-out.
  func cancelWhenSilent() async throws {
    while true {
      let deadline = state.withLock { $0.deadline }
      if deadline <= .now { break }
      // The deadline moves closer when the headers arrive; at most this much is left then.
      try await Task.sleep(until: min(deadline, .now + idleTimeout), clock: .continuous)
    }
    end(with: TransferFailure.broken(reason: "the server fell silent"))
  }

  func begin(_ response: URLResponse) {
    guard let response = response as? HTTPURLResponse else {
      return end(with: TransferFailure.broken(reason: "the answer is not of HTTP"))
    }
    state.withLock { $0.hasBegun = true }
    pass { try receiver.begin(response) }
  }

  func append(_ data: Data) {
    pass { try receiver.append(data) }
  }

  /// Called when the transport ends the transfer, with an error or at the end of the body.
  func finish(_ error: (any Error)?) {
    let (continuation, outcome) = state.withLock { state in
      // On Linux a redirect without a target ends without an error and without headers.
      let headless =
        state.hasBegun
        ? nil : TransferFailure.broken(reason: "the server sends no answer that can be used")
      let failure = state.failure ?? error.map(Self.failure) ?? headless
      let outcome = failure.map { Result<Void, any Error>.failure($0) } ?? .success(())
      defer {
        state.continuation = nil
        state.outcome = outcome
      }
      return (state.continuation, outcome)
    }
    continuation?.resume(with: outcome)
  }

  /// Passes something to the receiver, unless the transfer has ended.
  private func pass(_ handOver: () throws -> Void) {
    guard state.withLock({ $0.failure == nil }) else { return }
    do {
      try handOver()
      state.withLock { $0.deadline = .now + idleTimeout }
    } catch {
      end(with: error)
    }
  }

  private func end(with failure: any Error) {
    state.withLock { state in
      if state.failure == nil { state.failure = failure }
      task.cancel()
    }
  }

  private static func failure(_ error: any Error) -> TransferFailure {
    let reason = error.localizedDescription
    switch (error as? URLError)?.code {
    case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet,
      .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
      return .unreachable(reason: reason)
    default:
      return .broken(reason: reason)
    }
  }
}
