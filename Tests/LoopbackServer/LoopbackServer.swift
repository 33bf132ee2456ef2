import FlyingSocks
public import Foundation
import Synchronization

/// A server on the loopback interface that answers byte by byte as a test says, so that it can
/// break off, fall silent and lie about lengths.
public final class LoopbackServer: Sendable {
  /// The head of a request.
  public struct Request: Sendable {
    /// Path and query as they came.
    public var target: String
    /// The fields, by names in lower case.
    public var fields: [String: String]
    /// How many requests for the same target came before.
    public var earlier: Int
  }

  /// What to do with a request.
  public struct Reply: Sendable {
    /// What happens after the bytes.
    public enum End: Sendable { case keepOpen, close, silence }

    var bytes: [UInt8]
    var end: End

    /// A reply of just these bytes.
    public static func raw(_ bytes: [UInt8], then end: End) -> Reply {
      Reply(bytes: bytes, end: end)
    }

    /// A reply with a head; the length is that of the body unless given.
    public static func status(
      _ status: Int, _ fields: [String: String] = [:], body: [UInt8] = [], length: Int? = nil,
      then end: End = .keepOpen
    ) -> Reply {
      var head = "HTTP/1.1 \(status) Status\r\nContent-Length: \(length ?? body.count)\r\n"
      for (name, value) in fields { head += "\(name): \(value)\r\n" }
      return Reply(bytes: Array((head + "\r\n").utf8) + body, end: end)
    }

    /// A picture, or whatever else comes with status 200.
    public static func ok(_ body: [UInt8], _ fields: [String: String] = [:]) -> Reply {
      status(200, fields, body: body)
    }
  }

  /// Decides what a request gets.
  public typealias Handler = @Sendable (Request) async throws -> Reply

  private struct State {
    var requests: [Request] = []
    var connections = 0
    var mostConnections = 0
  }

  /// The port, which the system has chosen.
  public let port: UInt16
  private let state = Mutex(State())
  private let handler: Handler

  private init(port: UInt16, handler: @escaping Handler) {
    self.port = port
    self.handler = handler
  }

  /// The address, on the loopback interface.
  public var url: URL { URL(string: "http://127.0.0.1:\(port)")! }
  /// The requests that have come, in their order.
  public var requests: [Request] { state.withLock { $0.requests } }
  /// The most connections that were open at the same time.
  public var mostConnections: Int { state.withLock { $0.mostConnections } }

  /// Runs a server as long as `body` runs.
  public static func run<Result>(
    _ handler: @escaping Handler, _ body: (LoopbackServer) async throws -> Result
  ) async throws -> Result {
    let pool = makePool()
    try await pool.prepare()
    let socket = try Socket(domain: AF_INET, type: .stream)
    try socket.bind(to: sockaddr_in.inet(ip4: "127.0.0.1", port: 0))
    try socket.listen()
    guard case .ip4(_, let port) = try socket.sockname() else {
      throw SocketError.unsupportedAddress
    }
    let server = LoopbackServer(port: port, handler: handler)
    let listener = try AsyncSocket(socket: socket, pool: pool)
    defer { try? listener.close() }
    let service = Task {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await pool.run() }
        while let connection = try? await listener.accept() {
          group.addTask { await server.serve(connection) }
        }
        group.cancelAll()
      }
    }
    defer { service.cancel() }
    return try await body(server)
  }

  private static func makePool() -> some AsyncSocketPool { .make() }

  private func serve(_ connection: AsyncSocket) async {
    state.withLock {
      $0.connections += 1
      $0.mostConnections = max($0.mostConnections, $0.connections)
    }
    defer {
      // Counted first: the client may open another connection as soon as this one closes.
      state.withLock { $0.connections -= 1 }
      try? connection.close()
    }
    do {
      while let request = try await read(from: connection) {
        let reply = try await handler(request)
        try await connection.write(Data(reply.bytes))
        switch reply.end {
        case .keepOpen: continue
        case .close: return
        // Nothing more comes from the client either, until it gives up.
        case .silence: _ = try await connection.read(atMost: 1)
        }
      }
    } catch {
      // The client has closed the connection, or the server is done.
    }
  }

  private func read(from connection: AsyncSocket) async throws -> Request? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      head += try await connection.read(atMost: 4096)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = lines[0].split(separator: " ")
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    let target = String(words[1])
    return state.withLock { state in
      let request = Request(
        target: target, fields: fields, earlier: state.requests.count { $0.target == target })
      state.requests.append(request)
      return request
    }
  }
}
