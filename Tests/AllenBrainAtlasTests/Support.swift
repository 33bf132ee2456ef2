import AllenBrainAtlas
import LoopbackServer
import CajalImages
import Foundation
import Synchronization
import Testing

/// A picture without any regularity, as the bytes of a JPEG.
func testPicture(width: Int = 64, height: Int = 48, seed: UInt64 = 1) throws -> [UInt8] {
  var state = seed
  let pixels = (0..<width * height * 3).map { _ -> UInt8 in
    // Knuth's multiplier for 64-bit congruential generators.
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
  return try Image(width: width, height: height, channels: 3, pixels: pixels).jpegData()
}

/// Calls a closure with the path of a folder that is not there yet and is removed afterwards.
func withCacheFolder<Result>(_ body: (CacheFolder) async throws -> Result) async throws -> Result {
  let folder = CacheFolder(
    path: FileManager.default.temporaryDirectory.appendingPathComponent(
      "cajal-atlas-\(UUID().uuidString)"
    ).path)
  defer { try? FileManager.default.removeItem(atPath: folder.path) }
  return try await body(folder)
}

struct CacheFolder: Sendable {
  let path: String

  /// The folder in it for the pictures of a test's server.
  func of(_ server: LoopbackServer) -> CacheFolder {
    CacheFolder(path: path + "/http_127.0.0.1_\(server.port)")
  }

  /// The names of what is in the folder, but for the lock.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
      .filter { $0 != ".lock" }.sorted()
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
  }
}

/// The pauses that a client wanted to make.
final class PauseLog: Sendable {
  private let log = Mutex<[Duration]>([])
  var pauses: [Duration] { log.withLock { $0 } }
  func add(_ pause: Duration) { log.withLock { $0.append(pause) } }
}

extension AllenBrainAtlas {
  /// A client of a test's server that notes its pauses instead of making them.
  init(
    _ server: LoopbackServer, pauses: PauseLog = PauseLog(),
    _ change: (inout Configuration) -> Void = { _ in }
  ) {
    var configuration = Configuration()
    configuration.server = server.url
    configuration.pause = { pauses.add($0) }
    change(&configuration)
    self.init(configuration: configuration)
  }
}

/// The target of a whole section.
func target(_ id: Int) -> String { "/api/v2/section_image_download/\(id)" }

/// A barrier: blocks until the given number of callers have arrived.
actor Gate {
  private let count: Int
  private var arrived = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) { self.count = count }

  func pass() async {
    arrived += 1
    if arrived >= count {
      waiting.forEach { $0.resume() }
      waiting = []
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }
}

/// The text of an expected error.
func line(of error: (any Error)?) throws -> String {
  let error = try #require(error)
  return "\(error)"
}
