import CajalSupport

/// Reads a TFRecord file record by record in constant memory, verifying every checksum.
struct RecordReader {
  /// A record and where its data lies in the file, or in what the file unpacks to.
  struct Record {
    /// The bytes of the file that hold the data.
    let range: Range<Int>
    let data: [UInt8]
    /// The offset of the record with its header.
    var offset: Int { range.lowerBound - RecordFile.headerSize }
  }

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
    let header = try source.read(RecordFile.headerSize)
    if header.isEmpty { return nil }
    guard header.count == RecordFile.headerSize else {
      throw broken(start, "the file ends \(header.count) bytes into the header of a record")
    }
    guard let length = RecordFile.length(inHeader: header) else {
      source.end()
      throw broken(start, "the checksum of the record's length is wrong")
    }
    let limit = RecordFile.largestRecord
    guard length <= UInt64(limit) else {
      try source.skip(length)
      try source.skip(UInt64(RecordFile.footerSize))
      throw broken(start, "the record has \(length) bytes, and one of a tile at most \(limit)")
    }
    let content = try source.read(Int(length) + RecordFile.footerSize)
    guard content.count == Int(length) + RecordFile.footerSize else {
      let left = RecordFile.headerSize + content.count
      throw broken(start, "the file ends \(left) bytes into a record of \(length) bytes")
    }
    let data = Array(content.prefix(Int(length)))
    guard RecordFile.isSound(data, footer: content.suffix(RecordFile.footerSize)) else {
      throw broken(start, "the checksum of the record is wrong")
    }
    let first = start + RecordFile.headerSize
    return Record(range: first..<(first + data.count), data: data)
  }

  private func broken(_ offset: Int, _ reason: String) -> ProblemError {
    .brokenData(file: source.name, offset: offset, reason: reason)
  }
}
