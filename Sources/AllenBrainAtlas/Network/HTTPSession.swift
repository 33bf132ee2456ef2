import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The connections to the server: makes requests and hands what comes to a receiver, with time-outs
/// of its own.
///
/// `URLSession`'s time-out is set to a day: on Linux it knows whole seconds only (less than one
/// fails at once), and it does not tell the wait for an answer from silence in the middle of one.
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

  /// Closes the connections; to be called once when all is done, because the session keeps itself.
  func invalidate() { session.invalidateAndCancel() }

  /// Makes one request and returns when the whole answer has been handed over.
  ///
  /// - Throws: `TransferFailure`, what the receiver throws, or `CancellationError`.
  func receive(_ request: URLRequest, into receiver: any BodyReceiver) async throws {
    try Task.checkCancellation()
    var request = request
    request.setValue(configuration.userAgent, forHTTPHeaderField: "User-Agent")
    // Otherwise a body may come compressed, and its length be another than the declared one.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    let task = session.dataTask(with: request)
    let transfer = Transfer(
      receiver: receiver, task: task, answerTimeout: configuration.answerTimeout,
      idleTimeout: configuration.idleTimeout)
    router.transfers.withLock { $0[task.taskIdentifier] = transfer }
    let watchdog = Task { try await transfer.cancelWhenSilent() }
    defer {
      watchdog.cancel()
      // A transfer that was canceled before it began may never be told that it has ended.
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

/// Takes an answer apart as it comes. Its methods are called one after the other.
protocol BodyReceiver: AnyObject, Sendable {
  /// The head of the answer has come. Throwing ends the transfer.
  func begin(_ response: HTTPURLResponse) throws
  /// More of the body has come. Throwing ends the transfer.
  func append(_ data: Data) throws
}

/// Hands the session's events to the transfers that they belong to.
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
