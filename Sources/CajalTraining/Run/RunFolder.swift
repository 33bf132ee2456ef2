import CajalSupport
import Foundation

/// The folder of one run: its configuration, checkpoints and log.
///
/// ```
/// config.json                               the resolved configuration
/// checkpoints/step-00001000.safetensors     weights, moments, average, position
/// log.jsonl                                 what was measured, one JSON object per line
/// lock                                      held while a process writes
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

  /// Opens the folder of an existing run for reading.
  ///
  /// - Throws: An error that names `path` when that is not a run folder, with a suggestion of the
  ///   most similar name next to it.
  public init(existing path: String) throws {
    self.path = path
    guard Files.isDirectory(path) else {
      throw FileError(
        path: path, attempt: "open run folder",
        reason: Files.exists(path)
          ? "it is not a folder" : "there is no such folder" + Self.suggestion(for: path))
    }
    guard Files.exists(configurationPath) || Files.isDirectory(checkpointsPath) else {
      throw FileError(
        path: path, attempt: "open run folder",
        reason: "it has neither config.json nor checkpoints; name the folder that a run wrote")
    }
  }

  /// A suggestion of the most similar run name next to `path`.
  private static func suggestion(for path: String) -> String {
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    let slash = trimmed.lastIndex(of: "/")
    let prefix = slash.map { String(trimmed[...$0]) } ?? ""
    let parent = prefix.isEmpty ? "." : prefix
    guard Files.isDirectory(parent), let names = try? Files.list(parent) else { return "" }
    let runs = names.filter { Files.exists(prefix + $0 + "/config.json") }
    let nearest = Spelling.nearest(to: String(trimmed.dropFirst(prefix.count)), in: runs)
    return nearest.map { "; did you mean \(prefix)\($0)?" } ?? ""
  }

  /// Whether a run has begun here: there is a configuration or a checkpoint.
  ///
  /// - Throws: An error when the folder cannot be listed.
  public var holdsRun: Bool {
    get throws { try Files.exists(configurationPath) || !checkpointSteps().isEmpty }
  }

  /// The resolved configuration.
  public var configurationPath: String { path + "/config.json" }
  /// The folder of the checkpoints.
  public var checkpointsPath: String { path + "/checkpoints" }
  /// The log.
  public var logPath: String { path + "/log.jsonl" }
  /// The file locked by the writing process.
  public var lockPath: String { path + "/lock" }
}

extension RunFolder {
  /// Checks that there is a run to resume, and creates nothing.
  ///
  /// - Throws: ``TrainingError/noRun(_:reason:)``.
  public static func checkHoldsRun(_ path: String) throws {
    do {
      guard try RunFolder(existing: path).holdsRun else {
        throw TrainingError.noRun(path, reason: "it has neither config.json nor a checkpoint")
      }
    } catch let error as FileError where error.attempt == "open run folder" {
      throw TrainingError.noRun(path, reason: error.reason)
    }
  }
}

extension RunFolder {
  /// Removes temporary files that a killed process has left. Call only while holding the lock.
  func removeLeftovers() throws {
    for folder in [path, checkpointsPath] where Files.isDirectory(folder) {
      for name in try Files.list(folder)
      where name.hasPrefix(".cajal-") && name.hasSuffix(".partial") {
        _ = unlink("\(folder)/\(name)".systemPath)
      }
    }
  }
}
