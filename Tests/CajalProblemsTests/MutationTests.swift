import CajalSupport
import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalProblems

/// Shards with random damage, inside and outside of what checksums protect. `CAJAL_MUTATIONS` sets
/// how many.
@Suite struct MutationTests {
  private static let count =
    ProcessInfo.processInfo.environment["CAJAL_MUTATIONS"].flatMap(Int.init) ?? 3000

  /// A record of each kind.
  private static func records() throws -> [[UInt8]] {
    try [TileFormat.png, .jpeg(quality: 80)].map { format in
      let tile = noise(1, width: 12, height: 12)
      return try TileRecord(
        section: "section", picture: "picture.png", position: PixelPosition(x: 16, y: 48),
        encoded: format.encode(tile)
      ).serialized(size: 12, format: format)
    }
  }

  private static func damage(_ bytes: inout [UInt8], using random: inout RandomStream) {
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 3))
      case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      default: bytes.removeSubrange(place...)
      }
    }
  }

  /// Nothing traps; a tile either gives a picture or an error that names the file.
  @Test func damagedShardsAreReadOrRefused() throws {
    let records = try Self.records()
    let seed = UInt64(20_261_123)
    var random = RandomStream(RandomKey(seed: seed, stream: 0xF022))
    var (read, refused) = (0, 0)
    try withTemporaryDirectory { folder in
      let path = folder + "/shard-train-00000-of-00001"
      for _ in 0..<Self.count {
        var bytes: [UInt8] = []
        // Checksums made after the damage let it through to the message and the picture.
        for var record in records {
          if Bool.random(using: &random) { Self.damage(&record, using: &random) }
          bytes += TFRecord.framed(record)
        }
        if Int.random(in: 0..<3, using: &random) == 0 { Self.damage(&bytes, using: &random) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let content = try ShardContent(of: path, skipsBroken: true)
        read += content.tiles.count
        refused += content.broken.count
        #expect(content.broken.allSatisfy { $0.description.contains(path) }, "seed \(seed)")
        do {
          _ = try ShardContent(of: path, skipsBroken: false).tiles.map { try $0.image() }
        } catch {
          #expect("\(error)".contains(path), "\(error), seed \(seed)")
        }
      }
    }
    #expect(read > Self.count / 2 && refused > Self.count / 2)
  }

  /// A summary with random damage is read or refused with its name.
  @Test func damagedSummariesAreReadOrRefused() throws {
    try withTemporaryDirectory { folder in
      let data = try tinyProblem.generateData(from: noiseSections(3), to: folder + "/data")
      let path = data.directory + "/dataset.json"
      let good = try Files.read(path)
      let seed = UInt64(7)
      var random = RandomStream(RandomKey(seed: seed, stream: 0xF023))
      for _ in 0..<min(Self.count, 20_000) / 10 {
        var bytes = good
        Self.damage(&bytes, using: &random)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do {
          let read = try Dataset(at: data.directory)
          _ = try read.evaluationExamples.first?.example()
          if !read.trainingTiles.isEmpty { _ = try read.trainingExample(0, seed: 1) }
        } catch {
          #expect(!"\(error)".isEmpty && !"\(error)".contains("\n"), "\(error), seed \(seed)")
        }
      }
    }
  }
}
