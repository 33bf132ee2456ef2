import CajalSupport
import CajalImages
import Foundation
import Testing

@testable import CajalProblems

/// Shards that TensorFlow made, and what it read in ours; see TensorFlow/make_fixtures.py.
@Suite struct TensorFlowTests {
  private static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    + "/TensorFlow"

  /// Calls `body` with a copy of a folder of files.
  private func withCopy(of name: String, _ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let copy = folder + "/copy"
      try FileManager.default.copyItem(atPath: Self.folder + "/" + name, toPath: copy)
      try body(copy)
    }
  }

  private func json<Value: Decodable>(_ file: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(try Files.read(Self.folder + "/" + file)))
  }

  /// Shards as tensor2tensor's generator writes them: tiles of 63 × 63, JPEG, whose records say 64.
  @Test func readsWhatTensorFlowWrites() throws {
    let expected = try json("made_by_tensorflow/tiles.json", as: [String: [UInt32]].self)
    try withCopy(of: "made_by_tensorflow") { copy in
      let data = try AllenBrain.dim8to32.describeShards(in: copy)
      for (shard, checksums) in expected {
        let tiles = (data.trainingTiles + data.evaluationTiles).filter { $0.section == shard }
        let images = try tiles.map { try $0.image() }
        #expect(images.map { CRC32C.checksum($0.pixels) } == checksums)
        #expect(images.allSatisfy { $0.width == 63 && $0.height == 63 && $0.channels == 3 })
      }
      #expect(data.trainingTiles.count == 4 && data.evaluationTiles.count == 2)
      #expect(data.summary.request.tileSize == 63)
      // Each tile holds one whole crop of 32 × 32.
      #expect(data.evaluationExamples.count == 2)
      #expect(try data.trainingExample(0, seed: 1).target.width == 32)
      let again = try Dataset(at: copy)
      #expect(again.summary == data.summary && again.problem.name == "allen-brain-8to32")
    }
  }

  private struct ReadRecord: Decodable {
    var format: String
    var height: Int, width: Int
    var section: String
    var position: [Int]
    var shape: [Int]
    var crc32c: UInt32
  }

  @Test(arguments: ["png", "jpeg"]) func tensorFlowReadsWhatWeWrite(format: String) throws {
    let expected = try json("read_by_tensorflow/records.json", as: [String: [ReadRecord]].self)
      .filter { $0.key.hasPrefix(format + "/") }
    #expect(expected.count == 2)
    for (name, records) in expected {
      let content = try ShardContent(
        of: Self.folder + "/read_by_tensorflow/" + name, skipsBroken: false)
      #expect(content.tiles.count == records.count)
      for (tile, record) in zip(content.tiles, records) {
        let image = try tile.image()
        #expect(CRC32C.checksum(image.pixels) == record.crc32c)
        #expect([image.height, image.width, image.channels] == record.shape)
        #expect(record.format == format && record.height == 16 && record.width == 16)
        #expect(tile.section == record.section)
        #expect([tile.position.x, tile.position.y] == record.position)
      }
    }
  }

  /// What we write now is what TensorFlow read then, byte for byte.
  @Test(arguments: [TileFormat.png, .jpeg(quality: 85)])
  func recordsAreStillTheSame(format: TileFormat) throws {
    let name = "img2img_allen_brain-train-00000-of-00001"
    let path = "\(Self.folder)/read_by_tensorflow/\(format.name)/\(name)"
    var reader = RecordReader(try RandomAccessFile(path))
    var bytes: [UInt8] = []
    while let record = try reader.next() {
      let tile = try TileRecord(serialized: record.data, file: path, offset: record.offset)
      bytes += TFRecord.framed(try tile.serialized(size: 16, format: format))
    }
    #expect(try Files.read(path) == bytes)
  }

  @Test func incompleteSetsAreRefused() throws {
    try withCopy(of: "made_by_tensorflow") { copy in
      func text() -> String? { errorText { try AllenBrain.dim8to32.describeShards(in: copy) } }
      try FileManager.default.removeItem(
        atPath: copy + "/img2img_allen_brain-train-00001-of-00002")
      #expect(
        text()
          == "cannot use the shards in \(copy): the shard img2img_allen_brain-train-00001-of-00002 is missing"
      )
      try FileManager.default.removeItem(
        atPath: copy + "/img2img_allen_brain-train-00000-of-00002")
      #expect(text()?.hasSuffix("there is no training shard of img2img_allen_brain") == true)
      try FileManager.default.removeItem(atPath: copy + "/img2img_allen_brain-dev-00000-of-00001")
      #expect(text()?.contains("there are none; their names") == true)
    }
  }

  /// Of three kinds of damage each takes one record with it, and the count is kept.
  @Test func brokenRecordsAreCounted() throws {
    try withCopy(of: "made_by_tensorflow") { copy in
      let shards = ["train-00000-of-00002", "train-00001-of-00002"].map {
        "\(copy)/img2img_allen_brain-\($0)"
      }
      var first = try Files.read(shards[0])
      first[100] ^= 1
      try Files.writeAtomically(to: shards[0], first)
      // Sound records, one of no picture and one of another message.
      let added =
        TFRecord.framed(
          try TileRecord(encoded: [0xFF, 0xD8, 0xFF]).serialized(size: 8, format: .png))
        + TFRecord.framed([1, 2, 3])
      try Files.writeAtomically(to: shards[1], try Files.read(shards[1]) + added)

      #expect(
        errorText { try AllenBrain.dim8to32.describeShards(in: copy) }
          == "\(shards[0]) is damaged at byte 0: the checksum of the record is wrong")
      let data = try AllenBrain.dim8to32.describeShards(in: copy, skipsBroken: true)
      #expect(data.trainingTiles.count == 3 && data.brokenRecords.count == 3)
      #expect(data.summary.shards.map(\.brokenCount) == [1, 2, 0])
      #expect(try Dataset(at: copy).trainingTiles.count == 3)

      // New damage to a data set that was whole is an error unless asked for.
      let evaluation = copy + "/img2img_allen_brain-dev-00000-of-00001"
      var bytes = try Files.read(evaluation)
      bytes[bytes.count - 1] ^= 1
      try Files.writeAtomically(to: evaluation, bytes)
      #expect(errorText { try Dataset(at: copy) }?.hasPrefix("\(evaluation) is damaged") == true)
      let rest = try Dataset(at: copy, skipsBroken: true)
      #expect(rest.evaluationTiles.count == 1 && rest.brokenRecords.count == 4)
    }
  }
}
