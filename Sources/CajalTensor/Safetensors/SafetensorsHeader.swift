import Foundation

/// The JSON object at the start of a safetensors file: what each tensor is and where its bytes are.
struct SafetensorsHeader: Sendable, Equatable {
  /// One tensor; the offsets count from the end of the header.
  struct Entry: Sendable, Equatable, Codable {
    var typeName: String
    var dimensions: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case typeName = "dtype"
      case dimensions = "shape"
      case offsets = "data_offsets"
    }
  }

  var entries: [String: Entry]
  var metadata: [String: String]

  /// A header may not be longer than this many bytes (the same limit as the format's own library).
  static let byteLimit = 100_000_000
  /// More axes than any tensor has.
  static let rankLimit = Shape.maximumRank

  /// The key that no tensor can have.
  static let metadataKey = "__metadata__"

  /// How many bytes an element of a type takes, or `nil` for an unknown type.
  static func byteCount(ofType name: String) -> Int? {
    switch name {
    case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2": 1
    case "U16", "I16", "F16", "BF16": 2
    case "U32", "I32", "F32": 4
    case "U64", "I64", "F64", "C64": 8
    default: nil
    }
  }
}

extension SafetensorsHeader {
  /// Checks that the tensors fill `byteCount` bytes without gaps and overlaps, and that each has
  /// the bytes that its shape needs. Returns what is wrong, or `nil`.
  func fault(dataByteCount: Int) -> String? {
    for (name, entry) in entries {
      if let fault = entry.fault { return "tensor '\(name)' \(fault)" }
    }
    var end = 0
    let inOrder = entries.sorted { ($0.value.offsets, $0.key) < ($1.value.offsets, $1.key) }
    for (name, entry) in inOrder {
      guard entry.offsets[0] == end else {
        return "the bytes of tensor '\(name)' start at \(entry.offsets[0]) instead of \(end)"
      }
      end = entry.offsets[1]
    }
    guard end == dataByteCount else {
      return "its tensors take \(end) bytes but the file holds \(dataByteCount): it is "
        + (end > dataByteCount ? "truncated" : "followed by something else")
    }
    return nil
  }
}

private func < (left: ([Int], String), right: ([Int], String)) -> Bool {
  left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
}

extension SafetensorsHeader.Entry {
  /// What is wrong with this entry by itself, or `nil`.
  fileprivate var fault: String? {
    guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0] else {
      return "has the impossible byte range \(offsets)"
    }
    guard dimensions.count <= SafetensorsHeader.rankLimit,
      dimensions.allSatisfy({ $0 >= 0 && $0 <= Int(Int32.max) })
    else {
      return "has the impossible shape \(dimensions)"
    }
    guard let elementBytes = SafetensorsHeader.byteCount(ofType: typeName) else { return nil }
    // Multiplying the extents in any order must not overflow, even when one of them is 0.
    var bytes = elementBytes
    for extent in dimensions {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(extent, 1))
      if overflow { return "has the impossible shape \(dimensions)" }
      bytes = product
    }
    if dimensions.contains(0) { bytes = 0 }
    guard bytes == offsets[1] - offsets[0] else {
      return "has \(offsets[1] - offsets[0]) bytes where shape \(dimensions) of \(typeName) needs "
        + "\(bytes)"
    }
    return nil
  }
}

extension SafetensorsHeader: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    entries = [:]
    metadata = [:]
    for key in container.allKeys {
      if key.stringValue == Self.metadataKey {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    if !metadata.isEmpty {
      try container.encode(metadata, forKey: Key(stringValue: Self.metadataKey))
    }
    for (name, entry) in entries {
      try container.encode(entry, forKey: Key(stringValue: name))
    }
  }
}
