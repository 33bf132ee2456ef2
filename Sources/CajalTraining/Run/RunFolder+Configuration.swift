import CajalSupport
import Foundation

extension RunFolder {
  /// Writes the configuration, in JSON with sorted keys.
  ///
  /// - Throws: An error that names the file when it cannot be written or has values that JSON
  ///   cannot represent.
  public func write(configuration: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json: Data
    do {
      json = try encoder.encode(configuration)
    } catch {
      throw FileError(path: configurationPath, attempt: "write", reason: error.sentence)
    }
    try Files.writeAtomically(to: configurationPath, [UInt8](json) + [UInt8(ascii: "\n")])
  }

  /// Reads the configuration back.
  ///
  /// - Parameters:
  ///   - type: The type of the configuration.
  ///   - isComplete: Whether `Value` has every key of the file. Without it, other top-level keys
  ///     are ignored.
  /// - Throws: An error that names the file when it is missing, is no JSON, or has an unknown key
  ///   or lacks a required one.
  public func configuration<Value: Codable>(
    as type: Value.Type = Value.self, isComplete: Bool = true
  ) throws -> Value {
    let json = Data(try Files.read(configurationPath, limit: 1 << 24))
    let unknown: String?
    let value: Value
    do {
      value = try JSONDecoder().decode(Value.self, from: json)
      let known = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
      unknown = Self.unknownKey(
        in: try JSONSerialization.jsonObject(with: json), known: known, atTop: isComplete)
    } catch {
      throw FileError(path: configurationPath, attempt: "read", reason: error.sentence)
    }
    if let unknown {
      throw FileError(
        path: configurationPath, attempt: "read",
        reason: "this version does not know its key '\(unknown)'")
    }
    return value
  }

  /// Reads the kind of the run's model, as which its configuration can then be read; see
  /// ``Model/kind``.
  ///
  /// - Throws: An error that names the file when it is missing, is no JSON or has no kind.
  public func modelKind() throws -> String {
    let json = Data(try Files.read(configurationPath, limit: 1 << 24))
    do {
      return try JSONDecoder().decode(KindOfModel.self, from: json).model.kind
    } catch {
      throw FileError(path: configurationPath, attempt: "read", reason: error.sentence)
    }
  }

  /// The part of a configuration that says how to read the rest.
  private struct KindOfModel: Decodable {
    struct Model: Decodable { let kind: String }

    let model: Model
  }

  /// The first key, in alphabetical order, that is in JSON but not in what was read from it:
  /// whatever a type reads it also writes.
  private static func unknownKey(in json: Any, known: Any?, atTop: Bool) -> String? {
    if let list = json as? [Any] {
      let known = known as? [Any] ?? []
      return zip(list, known).lazy.compactMap { unknownKey(in: $0, known: $1, atTop: true) }.first
    }
    guard let fields = json as? [String: Any] else { return nil }
    let knownFields = known as? [String: Any] ?? [:]
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) where !(value is NSNull) {
      guard let knownValue = knownFields[key] else {
        if atTop { return key }
        continue
      }
      if let inner = unknownKey(in: value, known: knownValue, atTop: true) {
        return "\(key).\(inner)"
      }
    }
    return nil
  }
}
