import CajalSupport
import Foundation

extension ModelHyperparameters {
  /// Sets hyperparameters from `name=value` texts, such as `hidden_size=256` or `query_shape=8,16`.
  ///
  /// - Throws: ``HyperparameterError`` for a text without `=`, an unknown name (with the nearest
  ///   known one) or a value of the wrong kind.
  public mutating func apply(overrides: [String]) throws {
    for text in overrides {
      let (name, value) = try Self.parts(of: text)
      try set(name, to: value)
    }
  }

  /// The names in `name=value` texts, in their order.
  ///
  /// - Throws: ``HyperparameterError`` for a text without `=`.
  public static func names(in overrides: [String]) throws -> [String] {
    try overrides.map { try parts(of: $0).name }
  }

  private static func parts(of text: String) throws -> (name: String, value: String) {
    guard let equals = text.firstIndex(of: "=") else {
      throw HyperparameterError(name: text, reason: "write it as name=value")
    }
    return (
      text[..<equals].trimmingCharacters(in: .whitespaces),
      text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    )
  }

  /// The value of a hyperparameter as text, for comparison.
  func text(of name: String) throws -> String {
    let fields = try Self.object(JSONEncoder().encode(self))
    return fields[name].map { "\($0)" } ?? ""
  }

  /// Sets one hyperparameter from its text.
  private mutating func set(_ name: String, to text: String) throws {
    var fields = try Self.object(JSONEncoder().encode(self))
    guard let old = fields[name] else {
      let nearest = Spelling.nearest(to: name, in: Self.names)
      throw HyperparameterError(
        name: name,
        reason: "there is no such hyperparameter" + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
    guard let value = Self.value(text, like: old) else {
      throw HyperparameterError(
        name: name, reason: "cannot be \"\(text)\", it is \(Self.kind(of: old))")
    }
    fields[name] = value
    do {
      let data = try JSONSerialization.data(withJSONObject: fields)
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw HyperparameterError(
        name: name, reason: "cannot be \"\(text)\"; possible: \(Self.choices(of: name))")
    }
  }

  private static func object(_ data: Data) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  private static func value(_ text: String, like old: Any) -> Any? {
    if old is String { return text }
    if old is [Any] {
      let parts = text.trimmingCharacters(in: CharacterSet(charactersIn: "[]()"))
        .split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
      return parts.contains(nil) ? nil : parts.compactMap { $0 }
    }
    return Int(text) ?? Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  private static func kind(of value: Any) -> String {
    value is [Any] ? "a list of whole numbers such as 16,32" : "a number"
  }
}
