import Foundation

/// The result of running the built command.
struct CommandOutcome {
  /// The exit status, or the signal that ended the process.
  let status: Int32
  let wasKilled: Bool
  let output: String
  let errors: String

  var errorLines: [Substring] { errors.split(separator: "\n") }
}

/// The built command, run as a user runs it.
enum CajalProcess {
  /// The executable, which is built beside the test bundle.
  static let executable: URL = {
    let runner =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .map { URL(fileURLWithPath: $0) } ?? Bundle.main.bundleURL
    return runner.deletingLastPathComponent().appendingPathComponent("cajal")
  }()

  /// Runs the command to its end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], output: FileHandle? = nil
  ) throws -> CommandOutcome {
    let process = process(executable, arguments, environment: environment)
    return try run(process, output: output)
  }

  /// Runs the command to its end while the calling task waits, so that a server in this process
  /// continues.
  static func runAside(_ arguments: [String]) async throws -> CommandOutcome {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try run(arguments) })
      }
    }
  }

  /// Runs the command under a limit of so many blocks of 512 bytes for each file that it writes: it
  /// then sees what it would see of a full disk.
  static func run(_ arguments: [String], fileSizeLimit blocks: Int) throws -> CommandOutcome {
    let script = "trap '' XFSZ; ulimit -f \(blocks); exec \"$0\" \"$@\""
    return try run(
      process(
        URL(fileURLWithPath: "/bin/sh"), ["-c", script, executable.path] + arguments,
        environment: [:]), output: nil)
  }

  /// Runs a script of the shell, whose `$0` is the command: for arguments that are not UTF-8.
  static func run(shell script: String) throws -> CommandOutcome {
    try run(
      process(
        URL(fileURLWithPath: "/bin/sh"), ["-c", script, executable.path], environment: [:]),
      output: nil)
  }

  /// Runs the command until a line of its standard error satisfies a condition, and then sends it a
  /// signal.
  static func run(
    _ arguments: [String], sending signal: Int32, after isDue: (Substring) -> Bool
  ) throws -> CommandOutcome {
    let process = process(executable, arguments, environment: [:])
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    var text = ""
    var isSent = false
    while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
      text += String(decoding: data, as: UTF8.self)
      if !isSent, text.split(separator: "\n").contains(where: isDue) {
        isSent = true
        kill(process.processIdentifier, signal)
      }
    }
    // Less than a pipe holds, so that the command never waited for this.
    let printed = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return CommandOutcome(
      status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
      output: printed, errors: text)
  }

  private static func process(
    _ executable: URL, _ arguments: [String], environment: [String: String]
  ) -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .filter { $0.key != "CAJAL_ISA" || environment.isEmpty }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs a process with its outputs in files, which cannot fill up as pipes do.
  private static func run(_ process: Process, output: FileHandle?) throws -> CommandOutcome {
    let folder = try TemporaryFolder()
    let (outputFile, errorFile) = (try folder.write([], to: "out"), try folder.write([], to: "err"))
    process.standardOutput =
      try output ?? FileHandle(forWritingTo: URL(fileURLWithPath: outputFile))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorFile))
    try process.run()
    process.waitUntilExit()
    return CommandOutcome(
      status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
      output: try String(contentsOfFile: outputFile, encoding: .utf8),
      errors: try String(contentsOfFile: errorFile, encoding: .utf8))
  }
}

/// A new folder, removed with the last reference to it.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// Creates a folder and returns its path.
  func makeFolder(_ name: String) throws -> String {
    let folder = path + "/" + name
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }
}
