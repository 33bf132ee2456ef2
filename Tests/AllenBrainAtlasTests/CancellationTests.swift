import Foundation
import LoopbackServer
import Synchronization
import Testing

@testable import AllenBrainAtlas

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A request is canceled at the moments at which it ends before it is awaited.
@Suite struct CancellationTests {
  private final class NoReceiver: BodyReceiver {
    func begin(_ response: HTTPURLResponse) throws {}
    func append(_ data: Data) throws {}
  }

  private func withTransfer(_ body: (Transfer) async throws -> Void) async throws {
    let session = URLSession(configuration: .ephemeral)
    defer { session.invalidateAndCancel() }
    // Nothing listens there, and nothing is asked.
    let url = try #require(URL(string: "http://127.0.0.1:9/"))
    try await body(
      Transfer(
        receiver: NoReceiver(), task: session.dataTask(with: URLRequest(url: url)),
        answerTimeout: .seconds(3600), idleTimeout: .seconds(3600)))
  }

  @Test(.timeLimit(.minutes(1))) func beforeItIsStarted() async throws {
    try await withTransfer { transfer in
      transfer.cancel()
      await #expect(throws: CancellationError.self) { try await transfer.run() }
    }
  }

  @Test(.timeLimit(.minutes(1))) func endedByTheTransportBeforeItIsStarted() async throws {
    try await withTransfer { transfer in
      transfer.finish(URLError(.cancelled))
      await #expect(throws: TransferFailure.self) { try await transfer.run() }
    }
  }

  @Test(.timeLimit(.minutes(1))) func endedByBoth() async throws {
    try await withTransfer { transfer in
      transfer.cancel()
      transfer.finish(URLError(.cancelled))
      transfer.finish(nil)
      await #expect(throws: CancellationError.self) { try await transfer.run() }
    }
  }

  /// Whatever the moment, a canceled download ends: before it begins, while it waits, while it is
  /// sent in circles.
  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func atAnyMoment(redirects: Bool) async throws {
    try await withCacheFolder { folder in
      try await LoopbackServer.run { request in
        redirects ? .status(302, ["Location": request.target]) : .raw([], then: .silence)
      } _: { server in
        let atlas = AllenBrainAtlas(server)
        for yields in 0..<40 {
          let download = Task {
            try await atlas.download([SectionDownload(1)], to: folder.path)
          }
          for _ in 0..<yields { await Task.yield() }
          download.cancel()
          await #expect(throws: CancellationError.self) { try await download.value }
        }
      }
    }
  }
}
