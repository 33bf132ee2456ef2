import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The connections to the server: makes requests and passes responses to a receiver, with its own
/// time-outs.
///
/// `URLSession`'s time-out is set to a day: on Linux it knows whole seconds only (less than one
/// fails at once), and it does not distinguish waiting for a response from silence within one.
final class HTTPSession: Sendable {
  private let session: URLSession
  private let router: Router
  private let configuration: AllenBrainAtlas.Configuration

  /// Connections as configured; none is open yet.
  init(_ configuration: AllenBrainAtlas.Configuration) {
    let settings = URLSessionConfiguration.ephemeral
    settings.httpMaximumConnectionsPerHost = configuration.connections
    settings.timeoutIntervalForRequest = 86_400
    settings.requestCachePolicy = .reloadIgnoringLocalCacheData
    settings.urlCache = nil
    settings.httpShouldSetCookies = false
    self.configuration = configuration
    router = Router()
    session = URLSession(configuration: settings, delegate: router, delegateQueue: nil)
  }

  /// Closes the connections; to be called once at the end, because the session retains itself.
  func invalidate() { session.invalidateAndCancel() }

  /// Makes one request and returns when the whole response has been passed on.
  ///
  /// - Throws: `TransferFailure`, what the receiver throws, or `CancellationError`.
  func receive(_ request: URLRequest, into receiver: any BodyReceiver) async throws {
    try Task.checkCancellation()
    var request = request
    request.setValue(configuration.userAgent, forHTTPHeaderField: "User-Agent")
    // Otherwise a compressed body could have another length than the declared one.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    let task = session.dataTask(with: request)
    let transfer = Transfer(
      receiver: receiver, task: task, answerTimeout: configuration.answerTimeout,
      idleTimeout: configuration.idleTimeout)
    router.transfers.withLock { $0[task.taskIdentifier] = transfer }
    let watchdog = Task { try await transfer.cancelWhenSilent() }
    defer {
      watchdog.cancel()
      // A transfer canceled before it started may never get a completion callback.
      router.transfers.withLock { _ = $0.removeValue(forKey: task.taskIdentifier) }
    }
    do {
      try await withTaskCancellationHandler {
        try await transfer.run()
      } onCancel: {
        transfer.cancel()
      }
    } catch {
      try Task.checkCancellation()
      throw error
    }
  }
}

/// Dispatches the session's events to their transfers.
private final class Router: NSObject, URLSessionDataDelegate, Sendable {
  let transfers = Mutex<[Int: Transfer]>([:])

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    transfer(of: dataTask)?.begin(response)
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    transfer(of: dataTask)?.append(data)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    transfer(of: task)?.redirect(from: response.url, to: request, completionHandler)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    transfers.withLock { $0.removeValue(forKey: task.taskIdentifier) }?.finish(error)
  }

  private func transfer(of task: URLSessionTask) -> Transfer? {
    transfers.withLock { $0[task.taskIdentifier] }
  }
}
