import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Receives a response incrementally. Its methods are called serially.
protocol BodyReceiver: AnyObject, Sendable {
  /// Called with the response headers. Throwing ends the transfer.
  func begin(_ response: HTTPURLResponse) throws
  /// Called with more of the body. Throwing ends the transfer.
  func append(_ data: Data) throws
}
