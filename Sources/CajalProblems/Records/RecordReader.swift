import CajalSupport

/// Reads the records of a shard; see `TFRecordReader`.
struct RecordReader {
  typealias Record = TFRecordReader.Record

  /// The maximum length of a record, 64 MiB: a tile of 4096 × 4096 pixels, the largest, as RGB PNG,
  /// plus a third.
  static let largestRecord = 1 << 26

  private var reader: TFRecordReader

  init(_ file: RandomAccessFile) { self.init(FileSource(file)) }

  init(_ source: any RecordSource) {
    reader = TFRecordReader(source, largestRecord: Self.largestRecord, of: "a tile")
  }

  /// The offset of the next record.
  var offset: Int { reader.offset }

  /// The next record, or `nil` at the end of the file; see `TFRecordReader.next`.
  ///
  /// - Throws: ``ProblemError/brokenData(file:offset:reason:)`` for a truncated, damaged or
  ///   oversized record.
  mutating func next() throws -> Record? {
    do {
      return try reader.next()
    } catch let damage as TFRecordReader.Damage {
      throw ProblemError.brokenData(
        file: reader.name, offset: damage.offset, reason: damage.reason)
    }
  }
}
