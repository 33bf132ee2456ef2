import Foundation

/// A program that is run to its end for what it prints.
struct ChildProcess {
  /// The result.
  struct Output {
    let status: Int32, text: String, errors: String

    /// The last line that it complained with, for a report.
    var complaint: String {
      let line = errors.split(separator: "\n").last.map(String.init)
      return line ?? "it ended with status \(status)"
    }
  }

  let program: URL
  let arguments: [String]
  /// Added to this process's environment.
  var environment: [String: String] = [:]

  /// Runs it.
  ///
  /// - Throws: when it cannot be started.
  func run() throws -> Output {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let errorFile = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-compare-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: errorFile) }
    try Data().write(to: errorFile)
    // A file rather than a second pipe, which would have to be read at the same time as the first.
    process.standardError = try FileHandle(forWritingTo: errorFile)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Output(
      status: process.terminationStatus, text: String(decoding: output, as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
  }
}

extension ChildProcess {
  /// This program.
  static var ourselves: URL {
    Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
  }

  /// A program that is looked for where the shell would.
  static func named(_ name: String, _ arguments: [String]) -> ChildProcess {
    ChildProcess(program: URL(fileURLWithPath: "/usr/bin/env"), arguments: [name] + arguments)
  }
}
