extension KeyedDecodingContainer {
  /// The value of a field that is a number, a Boolean, or text that spells a number; otherwise
  /// `nil`.
  func lenient<Value: Decodable & LosslessStringConvertible>(_ key: Key) -> Value? {
    if let value = try? decode(Value.self, forKey: key) { return value }
    return (try? decode(String.self, forKey: key)).flatMap(Value.init)
  }

  /// The required value of a field, as read by `lenient`.
  ///
  /// - Throws: `DecodingError` where there is none.
  func required<Value: Decodable & LosslessStringConvertible>(_ key: Key) throws -> Value {
    if let value: Value = lenient(key) { return value }
    throw DecodingError.dataCorruptedError(
      forKey: key, in: self, debugDescription: "it is missing or has the wrong type")
  }

  /// The id in a field, which is positive.
  ///
  /// - Throws: `DecodingError` where there is none.
  func requiredID(_ key: Key) throws -> Int {
    let id: Int = try required(key)
    guard id > 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "\(id) is not a valid \(key.stringValue)")
    }
    return id
  }
}
