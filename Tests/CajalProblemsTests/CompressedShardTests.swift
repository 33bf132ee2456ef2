import CajalSupport
import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalProblems

/// Shards that TensorFlow wrote with its options GZIP and ZLIB, or that were compressed otherwise.
@Suite struct CompressedShardTests {
  /// Records of noise tiles, each of some kB.
  static func records(_ count: Int) throws -> [[UInt8]] {
    try (0..<count).map { index in
      try TileRecord(
        section: "s", picture: "p\(index).png", position: PixelPosition(x: index, y: 0),
        encoded: noise(UInt64(index), width: 32, height: 32).pngData()
      ).serialized(size: 32, format: .png)
    }
  }

  private static func plain(_ count: Int) throws -> [UInt8] {
    try records(count).flatMap(TFRecord.framed)
  }

  private static let name = "img2img_allen_brain-train-00000-of-00001"

  private static func write(_ bytes: [UInt8], in folder: String) throws -> String {
    let path = folder + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Ways to pack the first and the other records.
  private static let forms: [@Sendable ([UInt8], [UInt8]) -> [UInt8]] = [
    { packed($0 + $1) }, { packed($0 + $1, asGZIP: false) }, { packed($0 + $1, level: 0) },
    { packed($0 + $1, asGZIP: false, level: 9) },
    // Members one after the other, and padding.
    { packed($0) + packed($1) }, { packed($0 + $1) + [UInt8](repeating: 0, count: 700) },
    { packed($0) + packed([]) + packed($1, level: 1) },
  ]

  /// Tiles are those of the plain shard, more of them than the reader holds at once.
  @Test(arguments: forms.indices) func packedShardsAreRead(form: Int) throws {
    try withTemporaryDirectory { folder in
      let (first, rest) = (try Self.plain(1), try Self.plain(120))
      let path = try Self.write(Self.forms[form](first, rest), in: folder)
      let content = try ShardContent(of: path, skipsBroken: false)
      #expect(content.tiles.count == 121 && content.broken.isEmpty)
      for (index, tile) in content.tiles.enumerated() {
        let expected = UInt64(max(0, index - 1))
        #expect(try tile.image() == noise(expected, width: 32, height: 32))
        #expect(tile.position.x == Int(expected))
      }
    }
  }

  /// A data set of packed shards is one like any other.
  @Test func packedDataSets() throws {
    try withTemporaryDirectory { folder in
      let made = try tinyProblem.generateData(from: noiseSections(3), to: folder + "/data")
      try FileManager.default.createDirectory(
        atPath: folder + "/packed", withIntermediateDirectories: false)
      for shard in made.summary.shards {
        let bytes = try Files.read(folder + "/data/" + shard.file)
        // One with the suffix that gzip gives.
        let suffix = shard.isForEvaluation ? ".gz" : ""
        try Files.writeAtomically(
          to: folder + "/packed/" + shard.file + suffix,
          packed(bytes, asGZIP: shard.isForEvaluation))
      }
      let data = try tinyProblem.describeShards(in: folder + "/packed")
      let again = try Dataset(at: folder + "/packed", for: tinyProblem)
      #expect(data.summary.range == made.summary.range && data.summary.mean == made.summary.mean)
      for read in [data, again] {
        #expect(read.trainingTiles.count == made.trainingTiles.count)
        for number in 0..<8 {
          #expect(
            try read.trainingExample(number, seed: 3).target
              == made.trainingExample(number, seed: 3).target)
        }
        #expect(
          try read.evaluationExamples[5].example().target
            == made.evaluationExamples[5].example().target)
      }
    }
  }

  /// A file truncated anywhere is an error that names it, and records before the end are read.
  @Test(arguments: [true, false]) func truncations(asGZIP: Bool) throws {
    try withTemporaryDirectory { folder in
      let bytes = packed(try Self.plain(3), asGZIP: asGZIP)
      for length in Array(12..<60) + Array(stride(from: 60, to: bytes.count, by: 97)) {
        let path = try Self.write(Array(bytes[..<length]), in: folder)
        let text = try #require(errorText { try ShardContent(of: path, skipsBroken: false) })
        #expect(
          text.hasPrefix("\(path) (unpacked) is damaged at byte ") && !text.contains("\n"),
          "\(text)")
        let content = try ShardContent(of: path, skipsBroken: true)
        #expect(content.broken.count == 1 && content.tiles.count < 4)
      }
      let path = try Self.write(Array(bytes.dropLast()), in: folder)
      let content = try ShardContent(of: path, skipsBroken: true)
      #expect(content.tiles.count == 3 && content.broken.count == 1)
    }
  }

  @Test func whatFollowsIsReported() throws {
    try withTemporaryDirectory { folder in
      let path = try Self.write(packed(try Self.plain(1)) + [0, 0, 7], in: folder)
      #expect(
        errorText { try ShardContent(of: path, skipsBroken: false) }?
          .hasSuffix("its GZIP data are followed by other bytes") == true)
    }
  }

  /// No trap and no hang; damage is reported.
  @Test func damage() throws {
    let bytes = [packed(try Self.plain(2)), packed(try Self.plain(2), asGZIP: false)]
    var random = RandomStream(RandomKey(seed: 20_261_127, stream: 0xF024))
    var refused = 0
    try withTemporaryDirectory { folder in
      for round in 0..<600 {
        var damaged = bytes[round % 2]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let place = Int.random(in: 0..<damaged.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          case 1: damaged.remove(at: place)
          default: damaged.insert(UInt8.random(in: 0...255, using: &random), at: place)
          }
        }
        let path = try Self.write(damaged, in: folder)
        let content = try ShardContent(of: path, skipsBroken: true)
        #expect(content.broken.allSatisfy { $0.description.contains(path) })
        for tile in content.tiles { _ = try tile.image() }
        if let text = errorText({ try ShardContent(of: path, skipsBroken: false) }) {
          refused += 1
          #expect(text.contains(path) && !text.contains("\n"), "\(text)")
        }
      }
    }
    #expect(refused > 500)
  }

  /// What unpacks to very much more than its size is not unpacked to the end.
  @Test func bombs() throws {
    try withTemporaryDirectory { folder in
      let zeros = packed([UInt8](repeating: 0, count: 1 << 20), level: 9)
      let path = folder + "/bomb"
      try Data((0..<300).flatMap { _ in zeros }).write(to: URL(fileURLWithPath: path))
      let reader = try InflatingReader(RandomAccessFile(path), limit: 5_000_000)
      #expect(throws: InflatingReader.Failure.self) {
        while try !reader.read(1 << 16).isEmpty {}
      }
      #expect((5_000_000...5_100_000).contains(reader.offset))
      // A record of zeros that is longer than any tile's is not held in memory, and is left out.
      let record = TFRecord.framed([UInt8](repeating: 0, count: RecordReader.largestRecord + 1))
      let shard = try Self.write(packed(record + Self.plain(1)), in: folder)
      let content = try ShardContent(of: shard, skipsBroken: true)
      #expect(content.tiles.count == 1)
      #expect(content.broken.first?.description.contains("and one of a tile at most") == true)
    }
  }

  @Test(
    arguments: [
      ("Zstandard", [0x28, 0xB5, 0x2F, 0xFD]), ("bzip2", [0x42, 0x5A, 0x68]),
      ("XZ", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), ("ZIP", [0x50, 0x4B, 3, 4]),
    ] as [(String, [UInt8])]) func otherFormatsAreNamed(format: String, start: [UInt8]) throws
  {
    try withTemporaryDirectory { folder in
      let path = try Self.write(start + [UInt8](repeating: 9, count: 50), in: folder)
      #expect(throws: ProblemError.packedShard(file: path, format: format)) {
        try ShardContent(of: path, skipsBroken: true)
      }
    }
  }

  /// A plain record whose length happens to begin like compressed data is a plain record.
  @Test func lengthsThatLookCompressed() throws {
    try withTemporaryDirectory { folder in
      for length in [0x9C78, 0x0178, 0xDA78] {
        var file = TFRecord.framed([UInt8](repeating: 1, count: length))
        let path = try Self.write(file, in: folder)
        #expect(
          errorText { try ShardContent(of: path, skipsBroken: false) }
            == "\(path) is damaged at byte 0: the record is not a tf.train.Example")
        file[8] ^= 1
        _ = try Self.write(file, in: folder)
        #expect(
          errorText { try ShardContent(of: path, skipsBroken: false) }
            == "\(path) is damaged at byte 0: the checksum of the record's length is wrong")
      }
    }
  }
}
