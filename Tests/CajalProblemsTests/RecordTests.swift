import CajalFiles
import Testing

@testable import CajalProblems

@Suite struct RecordTests {
  /// The vectors of RFC 3720, B.4, and the usual check value.
  static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
    (Array("123456789".utf8), 0xE306_9283),
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Array(0..<32), 0x46DD_794E),
    (Array((0..<32).reversed()), 0x113F_DB5C),
    ([], 0),
  ]

  @Test(arguments: vectors)
  func checksum(bytes: [UInt8], expected: UInt32) {
    #expect(CRC32C.checksum(bytes) == expected)
  }

  /// The first twelve bytes of every event file of TensorBoard: a record of 24 bytes.
  @Test func headerIsTensorFlows() {
    var file: [UInt8] = []
    RecordFile.append([UInt8](repeating: 7, count: 24), to: &file)
    #expect(file.prefix(12) == [0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
    #expect(file.count == 12 + 24 + 4)
  }

  static let records: [[UInt8]] = [[], [1], Array(0..<100), [UInt8](repeating: 9, count: 17)]

  static var file: [UInt8] {
    var file: [UInt8] = []
    for record in records { RecordFile.append(record, to: &file) }
    return file
  }

  @Test func readsWhatItWrote() throws {
    let file = Self.file
    let ranges = try RecordFile.recordRanges(in: file, file: "f")
    #expect(ranges.map { Array(file[$0]) } == Self.records)
    #expect(try RecordFile.recordRanges(in: [], file: "f").isEmpty)
  }

  /// Cut off at any byte but the ends of records, a file names the record that is not whole.
  @Test func everyTruncationIsReported() throws {
    let file = Self.file
    var starts = [0]
    for record in Self.records { starts.append(starts.last! + 16 + record.count) }
    for length in 0..<file.count {
      let text = errorText { try RecordFile.recordRanges(in: Array(file[..<length]), file: "f") }
      let start = starts.last { $0 <= length } ?? 0
      if start == length {
        #expect(text == nil)
      } else {
        #expect(text?.hasPrefix("f is damaged at byte \(start): the file ends ") == true)
      }
    }
  }

  @Test func everyFlippedByteIsReported() {
    for index in Self.file.indices {
      var file = Self.file
      file[index] ^= 0x10
      #expect(throws: ProblemError.self) { try RecordFile.recordRanges(in: file, file: "f") }
    }
  }

  @Test func tileRoundTrip() throws {
    let tile = StoredTile(
      section: "säction", picture: "p.png", position: PixelPosition(x: 3, y: 70), name: "",
      encoded: [1, 2, 3])
    let record = try tile.record(size: 64)
    #expect(try tile.record(size: 64) == record)
    let read = try StoredTile(record: record[...], file: "f", offset: 5)
    #expect(read.section == tile.section && read.picture == tile.picture)
    #expect(read.position == tile.position && read.encoded == tile.encoded)
    #expect(read.name == "the picture at byte 5 of f")
  }

  @Test func foreignRecords() {
    let empty = errorText { try StoredTile(record: [], file: "f", offset: 5) }
    #expect(empty == "f is damaged at byte 5: the record has no field image/encoded")
    let garbage = errorText { try StoredTile(record: [1, 2, 3], file: "f", offset: 5) }
    #expect(garbage == "f is damaged at byte 5: the record is not a tf.train.Example")
  }
}
