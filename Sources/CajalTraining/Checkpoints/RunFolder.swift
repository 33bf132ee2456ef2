import CajalFiles
import Foundation

/// The folder that holds everything about one training: its configuration, checkpoints and logs.
///
/// ```
/// config.json                               the resolved configuration
/// checkpoints/step-00001000.safetensors     weights, moments, average, position
/// log.jsonl                                 what was measured, one JSON object a line
/// lock                                      held while a training writes
/// ```
public struct RunFolder: Sendable, Hashable {
  /// The folder, as it was given.
  public let path: String

  /// The folder at `path`, which is created with those above it when it is missing.
  ///
  /// - Throws: An error that names the folder and the reason when it cannot be written to.
  public init(creating path: String) throws {
    self.path = path
    try Files.createDirectory(path)
    try Files.checkWritable(directory: path)
    try Files.createDirectory(checkpointsPath)
    try Files.checkWritable(directory: checkpointsPath)
  }

  /// The folder of a training that has been started before, for reading.
  ///
  /// - Throws: An error that names `path` when that is not a run folder.
  public init(existing path: String) throws {
    self.path = path
    guard Files.isDirectory(path) else {
      throw FileError(
        path: path, attempt: "open run folder",
        reason: Files.exists(path) ? "it is not a folder" : "there is no such folder")
    }
    guard Files.exists(configurationPath) || Files.isDirectory(checkpointsPath) else {
      throw FileError(
        path: path, attempt: "open run folder",
        reason: "it has neither config.json nor checkpoints; name the folder that a training wrote")
    }
  }

  /// The resolved configuration.
  public var configurationPath: String { path + "/config.json" }
  /// The folder of the checkpoints.
  public var checkpointsPath: String { path + "/checkpoints" }
  /// The log.
  public var logPath: String { path + "/log.jsonl" }
  /// The file that a training holds a lock on.
  public var lockPath: String { path + "/lock" }
}

extension RunFolder {
  /// Writes the configuration, in JSON with sorted keys.
  ///
  /// - Throws: An error that names the file when it cannot be written or has values that JSON has not.
  public func write(configuration: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json: Data
    do {
      json = try encoder.encode(configuration)
    } catch {
      throw FileError(path: configurationPath, attempt: "write", reason: error.oneLine)
    }
    try Files.writeAtomically(to: configurationPath, [UInt8](json) + [UInt8(ascii: "\n")])
  }

  /// Reads the configuration back.
  ///
  /// - Throws: An error that names the file when it is missing, is no JSON or has other fields.
  public func configuration<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    let json = try Files.read(configurationPath, limit: 1 << 24)
    do {
      return try JSONDecoder().decode(Value.self, from: Data(json))
    } catch {
      throw FileError(path: configurationPath, attempt: "read", reason: error.oneLine)
    }
  }

  /// Removes temporary files that a killed process has left. Only for the holder of the lock.
  func removeLeftovers() throws {
    for folder in [path, checkpointsPath] where Files.isDirectory(folder) {
      for name in try Files.list(folder)
      where name.hasPrefix(".cajal-") && name.hasSuffix(".partial") {
        _ = unlink("\(folder)/\(name)".systemPath)
      }
    }
  }
}

extension Error {
  /// What is wrong, as one line; coding errors say at which key.
  var oneLine: String {
    let context: (DecodingError.Context)?
    switch self as? DecodingError {
    case .keyNotFound(let key, let at):
      return "there is no '\((at.codingPath + [key]).map(\.stringValue).joined(separator: "."))'"
    case .typeMismatch(_, let at), .valueNotFound(_, let at), .dataCorrupted(let at): context = at
    default: context = nil
    }
    guard let context else { return "\(self)".replacingOccurrences(of: "\n", with: " ") }
    let key = context.codingPath.map(\.stringValue).joined(separator: ".")
    let reason = context.debugDescription.replacingOccurrences(of: "\n", with: " ")
    return key.isEmpty ? reason : "'\(key)': \(reason)"
  }
}
