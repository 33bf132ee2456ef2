/// The bytes of a file.
package struct FileSource: RecordSource {
  private static let windowSize = 1 << 20

  private let file: RandomAccessFile
  package private(set) var offset = 0
  /// A part of the file, from byte `windowStart` on, so that small records do not need a read
  /// each.
  private var window: [UInt8] = []
  private var windowStart = 0

  package init(_ file: RandomAccessFile) { self.file = file }

  package var name: String { file.path }

  package mutating func read(_ count: Int) throws -> ArraySlice<UInt8> {
    let range = offset..<min(file.count, offset + count)
    if range.lowerBound < windowStart || range.upperBound > windowStart + window.count {
      let end = min(file.count, range.lowerBound + max(range.count, Self.windowSize))
      window = []
      window = try file.read(range.lowerBound..<end)
      windowStart = range.lowerBound
    }
    offset = range.upperBound
    return window[(range.lowerBound - windowStart)..<(range.upperBound - windowStart)]
  }

  package mutating func skip(_ count: UInt64) {
    offset += Int(min(count, UInt64(file.count - offset)))
  }

  package mutating func end() { offset = file.count }
}
