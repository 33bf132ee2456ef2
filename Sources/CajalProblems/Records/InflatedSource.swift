import CajalSupport

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
