import CajalSupport

/// The bytes of a shard from beginning to end.
protocol RecordSource {
  /// The shard's name in errors.
  var name: String { get }
  /// The offset of the next byte.
  var offset: Int { get }
  /// Reads the next bytes: as many as requested, fewer at the end.
  mutating func read(_ count: Int) throws -> ArraySlice<UInt8>
  /// Skips bytes, at most all that are left.
  mutating func skip(_ count: UInt64) throws
  /// Skips the rest.
  mutating func end()
}

/// The bytes of a file.
struct FileSource: RecordSource {
  private static let windowSize = 1 << 20

  private let file: RandomAccessFile
  private(set) var offset = 0
  /// A part of the file, from byte `windowStart` on, so that small records do not need a read
  /// each.
  private var window: [UInt8] = []
  private var windowStart = 0

  init(_ file: RandomAccessFile) { self.file = file }

  var name: String { file.path }

  mutating func read(_ count: Int) throws -> ArraySlice<UInt8> {
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

  mutating func skip(_ count: UInt64) {
    offset += Int(min(count, UInt64(file.count - offset)))
  }

  mutating func end() { offset = file.count }
}

/// The bytes that a GZIP or ZLIB file unpacks to.
struct InflatedSource: RecordSource {
  private static let windowSize = 1 << 18
  /// Tiles are already compressed, so a shard hardly shrinks: one that decompresses to more than
  /// this many times its size, and to more than 256 MiB, is treated as a decompression bomb.
  private static let mostExpansion = 100

  let name: String
  private let format: String
  private let reader: InflatingReader
  private var window: ArraySlice<UInt8> = []
  private var hasEnded = false

  init(_ file: RandomAccessFile, format: Compression) throws {
    name = file.path + " (unpacked)"
    self.format = format.name
    let (expanded, isTooMuch) = file.count.multipliedReportingOverflow(by: Self.mostExpansion)
    do {
      reader = try InflatingReader(file, limit: max(1 << 28, isTooMuch ? .max : expanded))
    } catch {
      throw ProblemError.brokenData(
        file: file.path, offset: nil, reason: "its \(format.name) data \(error.reason)")
    }
  }

  var offset: Int { reader.offset - window.count }

  mutating func read(_ count: Int) throws -> ArraySlice<UInt8> {
    guard !hasEnded else { return [] }
    do {
      while window.count < count {
        let more = try reader.read(max(count - window.count, Self.windowSize))
        if more.isEmpty { break }
        window = window + more
      }
    } catch let error as InflatingReader.Failure {
      end()
      throw ProblemError.brokenData(
        file: name, offset: reader.offset, reason: "its \(format) data \(error.reason)")
    }
    defer { window = window.dropFirst(count) }
    return window.prefix(count)
  }

  mutating func skip(_ count: UInt64) throws {
    var left = count
    while left > 0 {
      let part = try read(Int(min(left, UInt64(Self.windowSize))))
      if part.isEmpty { return }
      left -= UInt64(part.count)
    }
  }

  mutating func end() {
    hasEnded = true
    window = []
  }
}
