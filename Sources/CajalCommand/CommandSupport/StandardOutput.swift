import CajalSupport
import Foundation

/// Standard output with checked writes.
enum StandardOutput {
  /// Flushes the output.
  ///
  /// - Throws: `FileError` when it could not be written, as to a full device.
  static func finish() throws {
    try SystemCall { fflush(nil) }.value(path: "standard output", attempt: "write")
  }

  /// Prints a value as JSON with sorted keys.
  static func print(json value: some Encodable, pretty: Bool = false) throws {
    Swift.print(try text(json: value, pretty: pretty))
  }

  /// A value as JSON with sorted keys.
  static func text(json value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    // As in logs, because JSON cannot represent these.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
