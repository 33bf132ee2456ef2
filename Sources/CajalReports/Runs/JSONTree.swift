import CajalSupport
import Foundation

/// Any JSON value, for showing configurations and results whose types this module does not know.
enum JSONTree: Decodable, Sendable, Hashable {
  case empty
  case flag(Bool)
  case whole(Int)
  case number(Double)
  case text(String)
  case list([JSONTree])
  case object([String: JSONTree])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .empty
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let whole = try? container.decode(Int.self) {
      self = .whole(whole)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONTree].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONTree].self))
    }
  }

  /// Reads a file of at most 16 MiB.
  ///
  /// - Throws: `FileError`.
  init(contentsOf path: String) throws {
    let bytes = try Files.read(path, limit: 1 << 24)
    do {
      self = try JSONDecoder().decode(JSONTree.self, from: Data(bytes))
    } catch {
      throw FileError(path: path, attempt: "read", reason: error.sentence)
    }
  }

  /// A value that is neither a list nor an object, as text.
  var scalar: String? {
    switch self {
    case .empty: "none"
    case .flag(let flag): flag ? "true" : "false"
    case .whole(let whole): String(whole)
    case .number(let number): "\(number)"
    case .text(let text): text
    case .list(let values) where values.isEmpty: "none"
    case .object(let fields) where fields.isEmpty: "none"
    case .list, .object: nil
    }
  }

  /// The number, of any kind.
  var double: Double? {
    switch self {
    case .whole(let whole): Double(whole)
    case .number(let number): number
    default: nil
    }
  }

  /// The value of a key of an object.
  subscript(key: String) -> JSONTree? {
    guard case .object(let fields) = self else { return nil }
    return fields[key]
  }

  /// All scalars by the path to them, such as `model.hyperparameters.batch_size`; elements of lists
  /// are counted from 1.
  func flattened(under path: String = "") -> [String: String] {
    if let scalar { return [path: scalar] }
    let parts: [(String, JSONTree)] =
      switch self {
      case .list(let values): values.enumerated().map { ("\($0 + 1)", $1) }
      case .object(let fields): fields.map { ($0, $1) }
      default: []
      }
    return parts.reduce(into: [:]) { result, part in
      let key = path.isEmpty ? part.0 : "\(path).\(part.0)"
      result.merge(part.1.flattened(under: key)) { first, _ in first }
    }
  }
}
