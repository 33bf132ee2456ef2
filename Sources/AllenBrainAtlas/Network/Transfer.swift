import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One request on its way, from when it is made until its answer is complete or has failed.
final class Transfer: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Void, any Error>?
    /// What ended the transfer from our side.
    var failure: (any Error)?
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

  /// Starts the transfer and waits for its end.
  func run() async throws {
    try await withCheckedThrowingContinuation { continuation in
      state.withLock { $0.continuation = continuation }
      task.resume()
    }
  }

  /// Ends the transfer once nothing has come for too long.
  func cancelWhenSilent() async throws {
    while true {
      let deadline = state.withLock { $0.deadline }
      if deadline <= .now { break }
      // The deadline comes nearer when the head arrives, by which at most this much is left.
      try await Task.sleep(until: min(deadline, .now + idleTimeout), clock: .continuous)
    }
    end(with: TransferFailure.broken(reason: "the server fell silent"))
  }

  func begin(_ response: URLResponse) {
    guard let response = response as? HTTPURLResponse else {
      return end(with: TransferFailure.broken(reason: "the answer is not of HTTP"))
    }
    pass { try receiver.begin(response) }
  }

  func append(_ data: Data) {
    pass { try receiver.append(data) }
  }

  /// The transport has ended the transfer, with an error or at the end of the body.
  func finish(_ error: (any Error)?) {
    let (continuation, failure) = state.withLock { state in
      defer { state.continuation = nil }
      return (state.continuation, state.failure)
    }
    if let failure = failure ?? error.map(Self.failure) {
      continuation?.resume(throwing: failure)
    } else {
      continuation?.resume()
    }
  }

  /// Hands something to the receiver, unless the transfer has ended already.
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
    state.withLock { if $0.failure == nil { $0.failure = failure } }
    task.cancel()
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
