/// A value of a sidecar's hyperparameters.
enum JSONValue: Decodable {
  case number(Double)
  case text(String)
  case list([JSONValue])
  case other

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .other
    }
  }

  /// The value as an override spells it, or `nil` where it has no such spelling.
  var override: String? {
    switch self {
    case .number(let number):
      Int(exactly: number).map(String.init) ?? String(number)
    case .text(let text): text
    case .list(let values): values.compactMap(\.override).joined(separator: ",")
    case .other: nil
    }
  }
}
