import CajalSupport
import Foundation

/// One line of a run's log: a JSON object with `kind`, `step` and numbers by name, such as
/// `{"kind":"train","learning_rate":0.001,"loss":3.25,"step":100}`.
public struct LogRecord: Sendable, Hashable {
  /// The kind of record: `train`, `evaluation`.
  public var kind: String
  /// The number of updates that had been made.
  public var step: Int
  /// The measurements.
  public var values: [String: Double]

  /// Creates a record of the given measurements, none of which may be named `kind` or `step`.
  public init(kind: String, step: Int, values: [String: Double]) {
    require(
      values["kind"] == nil && values["step"] == nil, "'kind' and 'step' are taken in a log record")
    self.kind = kind
    self.step = step
    self.values = values
  }

  /// The measurement of that name.
  public subscript(name: String) -> Double? { values[name] }
}

extension LogRecord: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads an object with `kind`, `step` and otherwise numbers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    kind = try container.decode(String.self, forKey: Key(stringValue: "kind"))
    step = try container.decode(Int.self, forKey: Key(stringValue: "step"))
    values = [:]
    for key in container.allKeys where key.stringValue != "kind" && key.stringValue != "step" {
      values[key.stringValue] = try container.decode(Double.self, forKey: key)
    }
  }

  /// Writes one flat object.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kind, forKey: Key(stringValue: "kind"))
    try container.encode(step, forKey: Key(stringValue: "step"))
    for (name, value) in values {
      try container.encode(value, forKey: Key(stringValue: name))
    }
  }

  /// The line without its newline. Non-finite values are written as `"inf"`, `"-inf"` and `"nan"`.
  func line() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return [UInt8](try encoder.encode(self))
  }

  /// The record of a line, or `nil` when it is not one.
  init?(line: some Collection<UInt8>) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let record = try? decoder.decode(LogRecord.self, from: Data(line)) else { return nil }
    self = record
  }
}
