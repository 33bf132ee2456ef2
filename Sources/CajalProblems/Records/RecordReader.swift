import CajalFiles

/// Reads a TFRecord file record by record, every checksum checked, in memory that does not grow with the file.
struct RecordReader {
  /// A record and where its data lies in the file.
  struct Record {
    /// The bytes of the file that hold the data.
    let range: Range<Int>
    let data: [UInt8]
    /// Where the record, with its header, begins.
    var offset: Int { range.lowerBound - RecordFile.headerSize }
  }

  private static let windowSize = 1 << 20

  private let file: RandomAccessFile
  /// Where the next record begins.
  private(set) var offset = 0
  /// A part of the file, from byte `windowStart` on, so that small records need no read each.
  private var window: [UInt8] = []
  private var windowStart = 0

  init(_ file: RandomAccessFile) { self.file = file }

  /// The next record, or `nil` at the end of the file.
  ///
  /// After a throw the next call goes on behind the broken record or, where its length is not known, at the end of the
  /// file.
  ///
  /// - Throws: ``ProblemError/brokenData(file:offset:reason:)`` for a record that is cut off or damaged.
  mutating func next() throws -> Record? {
    guard offset < file.count else { return nil }
    let start = offset
    offset = file.count
    let left = file.count - start
    guard left >= RecordFile.headerSize else {
      throw broken(start, "the file ends \(left) bytes into the header of a record")
    }
    let header = try bytes(start..<(start + RecordFile.headerSize))
    guard let length = RecordFile.length(inHeader: header) else {
      throw broken(start, "the checksum of the record's length is wrong")
    }
    let available = left - RecordFile.headerSize - RecordFile.footerSize
    guard available >= 0, length <= UInt64(available) else {
      throw broken(start, "the file ends \(left) bytes into a record of \(length) bytes")
    }
    let first = start + RecordFile.headerSize
    let range = first..<(first + Int(length))
    offset = range.upperBound + RecordFile.footerSize
    let content = try bytes(first..<offset)
    let data = Array(content.prefix(range.count))
    guard RecordFile.isSound(data, footer: content.suffix(RecordFile.footerSize)) else {
      throw broken(start, "the checksum of the record is wrong")
    }
    return Record(range: range, data: data)
  }

  private func broken(_ offset: Int, _ reason: String) -> ProblemError {
    .brokenData(file: file.path, offset: offset, reason: reason)
  }

  /// The bytes of a range of the file, from the window where it is in there.
  private mutating func bytes(_ range: Range<Int>) throws -> ArraySlice<UInt8> {
    if range.lowerBound < windowStart || range.upperBound > windowStart + window.count {
      let end = min(file.count, range.lowerBound + max(range.count, Self.windowSize))
      window = []
      window = try file.read(range.lowerBound..<end)
      windowStart = range.lowerBound
    }
    return window[(range.lowerBound - windowStart)..<(range.upperBound - windowStart)]
  }
}
