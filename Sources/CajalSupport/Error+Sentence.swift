extension Error {
  /// The error as one line. Errors of coding name the key: `it has no 'items[0].file'`,
  /// `'steps' has the wrong type`, `'optimizer': a clipping norm is not negative: -1.0`.
  package var sentence: String {
    switch self as any Error {
    case DecodingError.keyNotFound(let key, let context):
      "it has no '\(Self.path(context.codingPath + [key]))'"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      context.codingPath.isEmpty
        ? "it has the wrong type" : "'\(Self.path(context.codingPath))' has the wrong type"
    case DecodingError.dataCorrupted(let context):
      // The parser's own text is another on each platform, and so is its underlying error.
      context.underlyingError != nil || context.debugDescription.contains("not valid JSON")
        ? "it is not valid JSON" : Self.sentence(context.debugDescription, at: context.codingPath)
    case EncodingError.invalidValue(_, let context):
      Self.sentence(context.debugDescription, at: context.codingPath)
    default: Self.oneLine("\(self)")
    }
  }

  private static func sentence(_ reason: String, at path: [any CodingKey]) -> String {
    oneLine(path.isEmpty ? reason : "'\(Self.path(path))': \(reason)")
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
