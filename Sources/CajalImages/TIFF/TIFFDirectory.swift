/// A directory of a TIFF file: numbered entries, each of values of one type.
struct TIFFDirectory {
  /// The values of an entry.
  enum Value {
    case text(String)
    case bytes([UInt8])
    case shorts([Int])
    case longs([Int])
    /// Places in the file, of 8 bytes each in BigTIFF.
    case offsets([Int])
    /// Positive numbers as fractions.
    case fractions([Double])
  }

  /// The numbers of entries in use.
  enum Tag: Int {
    case kind = 254
    case width = 256
    case height
    case bits = 258
    case compression
    case photometric = 262
    case description = 270
    case orientation = 274
    case samples = 277
    case columnsPerUnit = 282
    case rowsPerUnit
    case planes
    case unit = 296
    case software = 305
    case predictor = 317
    case tileWidth = 322
    case tileHeight, tileOffsets, tileByteCounts
    case smallerCopies = 330
    case extraSamples = 338
    case subsampling = 530
    case blackAndWhite = 532
    case colorProfile = 34675
  }

  private var entries: [Tag: Value] = [:]

  subscript(tag: Tag) -> Value? {
    get { entries[tag] }
    set { entries[tag] = newValue }
  }

  /// The bytes of the directory and of the values that do not fit into it, little-endian, for a
  /// place in a file.
  func encoded(at place: Int, next: Int, isBig: Bool) -> [UInt8] {
    let (wide, entryBytes) = isBig ? (8, 20) : (4, 12)
    let entriesStart = isBig ? 8 : 2
    var directory = Self.number(entries.count, isBig ? 8 : 2)
    var values: [UInt8] = []
    let valuesPlace = place + entriesStart + entries.count * entryBytes + wide
    for (tag, value) in entries.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let (type, count, bytes) = value.encoded(isBig: isBig)
      directory += Self.number(tag.rawValue, 2) + Self.number(type, 2) + Self.number(count, wide)
      if bytes.count <= wide {
        directory += bytes + [UInt8](repeating: 0, count: wide - bytes.count)
      } else {
        directory += Self.number(valuesPlace + values.count, wide)
        values += bytes
        // Values start at even places.
        if values.count % 2 == 1 { values.append(0) }
      }
    }
    return directory + Self.number(next, wide) + values
  }

  /// The bytes that `encoded(at:next:isBig:)` gives, wherever it is.
  func byteCount(isBig: Bool) -> Int { encoded(at: 0, next: 0, isBig: isBig).count }

  static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

extension TIFFDirectory.Value {
  /// The number of the type, the number of values, and their bytes.
  fileprivate func encoded(isBig: Bool) -> (type: Int, count: Int, bytes: [UInt8]) {
    let number = TIFFDirectory.number
    switch self {
    case .text(let text): return (2, text.utf8.count + 1, Array(text.utf8) + [0])
    case .bytes(let bytes): return (7, bytes.count, bytes)
    case .shorts(let values): return (3, values.count, values.flatMap { number($0, 2) })
    case .longs(let values): return (4, values.count, values.flatMap { number($0, 4) })
    case .offsets(let values):
      return (isBig ? 16 : 4, values.count, values.flatMap { number($0, isBig ? 8 : 4) })
    case .fractions(let values):
      return (5, values.count, values.flatMap { Self.fraction($0) })
    }
  }

  /// Two numbers of 32 bits whose quotient is next to a value.
  private static func fraction(_ value: Double) -> [UInt8] {
    var denominator = 1.0
    while denominator < 1e6, value * denominator * 10 < 4e9,
      value * denominator != (value * denominator).rounded()
    {
      denominator *= 10
    }
    let numerator = min(max((value * denominator).rounded(), 0), 4_294_967_295)
    return TIFFDirectory.number(Int(numerator), 4) + TIFFDirectory.number(Int(denominator), 4)
  }
}
