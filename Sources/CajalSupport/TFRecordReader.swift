/// Reads a TFRecord file record by record in constant memory, verifying every checksum.
package struct TFRecordReader {
  /// A record and where its data lies in the file, or in what the file unpacks to.
  package struct Record {
    /// The bytes of the file that hold the data.
    package let range: Range<Int>
    /// The data.
    package let data: [UInt8]
    /// The offset of the record with its header.
    package var offset: Int { range.lowerBound - TFRecord.headerSize }
  }

  /// A truncated, damaged or oversized record.
  package struct Damage: Error {
    /// Where the record begins.
    package let offset: Int
    /// The reason, in words that follow the name of the file.
    package let reason: String
  }

  private var source: any RecordSource
  private let largestRecord: Int
  private let content: String

  /// A reader from the beginning of a file.
  ///
  /// - Parameters:
  ///   - source: the bytes.
  ///   - largestRecord: the maximum length of a record: damaged lengths must not allocate
  ///     gigabytes.
  ///   - content: what a record holds, in errors: `a tile`.
  package init(_ source: any RecordSource, largestRecord: Int, of content: String) {
    self.source = source
    self.largestRecord = largestRecord
    self.content = content
  }

  /// The name of the file in errors.
  package var name: String { source.name }

  /// The offset of the next record.
  package var offset: Int { source.offset }

  /// The next record, or `nil` at the end of the file.
  ///
  /// After a throw the next call continues behind the broken record or, where its length is not
  /// known, at the end of the file.
  ///
  /// - Throws: ``Damage``, or what the source throws.
  package mutating func next() throws -> Record? {
    let start = source.offset
    let header = try source.read(TFRecord.headerSize)
    if header.isEmpty { return nil }
    guard header.count == TFRecord.headerSize else {
      throw Damage(
        offset: start,
        reason: "the file ends \(header.count) bytes into the header of a record")
    }
    guard let length = TFRecord.length(inHeader: header) else {
      source.end()
      throw Damage(offset: start, reason: "the checksum of the record's length is wrong")
    }
    guard length <= UInt64(largestRecord) else {
      try source.skip(length)
      try source.skip(UInt64(TFRecord.footerSize))
      throw Damage(
        offset: start,
        reason: "the record has \(length) bytes, and one of \(content) at most \(largestRecord)")
    }
    let content = try source.read(Int(length) + TFRecord.footerSize)
    guard content.count == Int(length) + TFRecord.footerSize else {
      let left = TFRecord.headerSize + content.count
      throw Damage(
        offset: start, reason: "the file ends \(left) bytes into a record of \(length) bytes")
    }
    let data = Array(content.prefix(Int(length)))
    guard TFRecord.isSound(data, footer: content.suffix(TFRecord.footerSize)) else {
      throw Damage(offset: start, reason: "the checksum of the record is wrong")
    }
    let first = start + TFRecord.headerSize
    return Record(range: first..<(first + data.count), data: data)
  }
}
