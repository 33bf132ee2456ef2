import CajalSupport
import Testing

@testable import CajalProblems

@Suite struct RecordTests {
  /// The first twelve bytes of every event file of TensorBoard: a record of 24 bytes.
  @Test func headerIsTensorFlows() {
    let file = TFRecord.framed([UInt8](repeating: 7, count: 24))
    #expect(file.prefix(12) == [0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
    #expect(file.count == 12 + 24 + 4)
  }

  static let records: [[UInt8]] = [[], [1], Array(0..<100), [UInt8](repeating: 9, count: 17)]

  static var file: [UInt8] { records.flatMap(TFRecord.framed) }

  /// The records of a file with these bytes.
  func records(in bytes: [UInt8]) throws -> [[UInt8]] {
    try withTemporaryDirectory { folder in
      try Files.writeAtomically(to: folder + "/f", bytes)
      var reader = RecordReader(try RandomAccessFile(folder + "/f"))
      var records: [[UInt8]] = []
      while let record = try reader.next() { records.append(record.data) }
      return records
    }
  }

  @Test func readsWhatItWrote() throws {
    #expect(try records(in: Self.file) == Self.records)
    #expect(try records(in: []).isEmpty)
    // Longer than what is read at once, and across its end.
    let large = [
      [UInt8](repeating: 1, count: 1 << 20 - 10), [2, 3], [UInt8](repeating: 4, count: 3 << 20),
    ]
    #expect(try records(in: large.flatMap(TFRecord.framed)) == large)
  }

  /// Cut off at any byte but the ends of records, a file names the record that is not whole.
  @Test func everyTruncationIsReported() throws {
    let file = Self.file
    var starts = [0]
    for record in Self.records { starts.append(starts.last! + 16 + record.count) }
    for length in 0..<file.count {
      let text = errorText { try records(in: Array(file[..<length])) }
      let start = starts.last { $0 <= length } ?? 0
      if start == length {
        #expect(text == nil)
      } else {
        #expect(text?.contains("/f is damaged at byte \(start): the file ends ") == true)
      }
    }
  }

  @Test func everyFlippedByteIsReported() {
    for index in Self.file.indices {
      var file = Self.file
      file[index] ^= 0x10
      #expect(throws: ProblemError.self) { try records(in: file) }
    }
  }

  /// After a damaged record the reader continues with the next one, unless the length is damaged.
  @Test func goesOnBehindDamage() throws {
    try withTemporaryDirectory { folder in
      var file = Self.file
      file[16 + 12] ^= 1
      try Files.writeAtomically(to: folder + "/f", file)
      var reader = RecordReader(try RandomAccessFile(folder + "/f"))
      #expect(try reader.next()?.data == [])
      #expect(
        errorText { try reader.next() }?.hasSuffix("the checksum of the record is wrong") == true)
      #expect(try reader.next()?.data == Array(0..<100))
      #expect(try reader.next()?.data == Self.records[3])
      #expect(try reader.next() == nil)

      file[16] ^= 1
      try Files.writeAtomically(to: folder + "/f", file)
      reader = RecordReader(try RandomAccessFile(folder + "/f"))
      #expect(try reader.next()?.data == [])
      #expect(
        errorText { try reader.next() }?.hasSuffix("the checksum of the record's length is wrong")
          == true)
      #expect(try reader.next() == nil)
    }
  }

  @Test(arguments: [TileFormat.png, .jpeg(quality: 80)])
  func tileRoundTrip(format: TileFormat) throws {
    let tile = TileRecord(
      section: "säction", picture: "p.png", position: PixelPosition(x: 3, y: 70),
      encoded: [1, 2, 3])
    let record = try tile.serialized(size: 64, format: format)
    #expect(try tile.serialized(size: 64, format: format) == record)
    let read = try TileRecord(serialized: record, file: "f", offset: 5)
    #expect(read.section == tile.section && read.picture == tile.picture)
    #expect(read.position == tile.position && read.encoded == tile.encoded)
    #expect(TileFormat(format.description) == format)
  }

  /// Places that no picture has would overflow when they are added up.
  @Test(arguments: [-1, Int.min, Int.max]) func impossiblePlacesAreLeftOut(x: Int) throws {
    let tile = TileRecord(position: PixelPosition(x: x, y: 7), encoded: [1])
    let read = try TileRecord(
      serialized: tile.serialized(size: 8, format: .png), file: "f", offset: 0)
    #expect(read.position == PixelPosition(x: 0, y: 0))
  }

  @Test func foreignRecords() {
    let empty = errorText { try TileRecord(serialized: [], file: "f", offset: 5) }
    #expect(empty == "f is damaged at byte 5: the record has no field image/encoded")
    let garbage = errorText { try TileRecord(serialized: [1, 2, 3], file: "f", offset: 5) }
    #expect(garbage == "f is damaged at byte 5: the record is not a tf.train.Example")
  }

  @Test func shardNames() {
    let name = ShardName(storageName: "img2img-x", split: .evaluation, index: 7, count: 100)
    #expect(name.description == "img2img-x-dev-00007-of-00100")
    #expect(ShardName(name.description) == name)
    for wrong in [
      "img2img-x-dev-00100-of-00100", "img2img-x-dev-7-of-100", "img2img-x-test-00007-of-00100",
      "-dev-00007-of-00100", "dataset.json", "a-train-00000-of-00001.tmp", "a-train--0001-of-00001",
    ] {
      #expect(ShardName(wrong) == nil, "\(wrong)")
    }
  }
}
