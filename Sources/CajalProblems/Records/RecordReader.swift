import CajalSupport

/// Reads a TFRecord file record by record in constant memory, verifying every checksum.
struct RecordReader {
  /// A record and where its data lies in the file, or in what the file unpacks to.
  struct Record {
    /// The bytes of the file that hold the data.
    let range: Range<Int>
    let data: [UInt8]
    /// The offset of the record with its header.
    var offset: Int { range.lowerBound - TFRecord.headerSize }
  }

  /// The maximum length of a record, 64 MiB: a tile of 4096 × 4096 pixels, the largest, as RGB PNG,
  /// plus a third. Damaged lengths must not allocate gigabytes.
  static let largestRecord = 1 << 26

  private var source: any RecordSource

  init(_ file: RandomAccessFile) { source = FileSource(file) }

  init(_ source: any RecordSource) { self.source = source }

  /// The offset of the next record.
  var offset: Int { source.offset }

  /// The next record, or `nil` at the end of the file.
  ///
  /// After a throw the next call continues behind the broken record or, where its length is not
  /// known, at the end of the file.
  ///
  /// - Throws: ``ProblemError/brokenData(file:offset:reason:)`` for a truncated, damaged or
  ///   oversized record.
  mutating func next() throws -> Record? {
    let start = source.offset
    let header = try source.read(TFRecord.headerSize)
    if header.isEmpty { return nil }
    guard header.count == TFRecord.headerSize else {
      throw broken(start, "the file ends \(header.count) bytes into the header of a record")
    }
    guard let length = TFRecord.length(inHeader: header) else {
      source.end()
      throw broken(start, "the checksum of the record's length is wrong")
    }
    let limit = Self.largestRecord
    guard length <= UInt64(limit) else {
      try source.skip(length)
      try source.skip(UInt64(TFRecord.footerSize))
      throw broken(start, "the record has \(length) bytes, and one of a tile at most \(limit)")
    }
    let content = try source.read(Int(length) + TFRecord.footerSize)
    guard content.count == Int(length) + TFRecord.footerSize else {
      let left = TFRecord.headerSize + content.count
      throw broken(start, "the file ends \(left) bytes into a record of \(length) bytes")
    }
    let data = Array(content.prefix(Int(length)))
    guard TFRecord.isSound(data, footer: content.suffix(TFRecord.footerSize)) else {
      throw broken(start, "the checksum of the record is wrong")
    }
    let first = start + TFRecord.headerSize
    return Record(range: first..<(first + data.count), data: data)
  }

  private func broken(_ offset: Int, _ reason: String) -> ProblemError {
    .brokenData(file: source.name, offset: offset, reason: reason)
  }
}
