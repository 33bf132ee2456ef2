import Cajal
import Foundation
import Testing

/// A run that a signal stops has written a checkpoint, and its status ends a chain of commands.
@Suite struct StopStatusTests {
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
  func theStatusTellsTheSignal(number: Int32, status: Int32) throws {
    let work = try Workspace()
    let outcome = try CajalProcess.run(
      work.training(steps: 5000, "--checkpoint-every", "2", "--evaluate-every", "0"),
      sending: number, after: { $0.hasPrefix("step 2: wrote ") })
    #expect(!outcome.wasKilled && outcome.status == status)
    let step = try #require(outcome.output.firstMatch(of: /^stopped at step (\d+);/))
    #expect(try RunFolder(existing: work.run).latestCheckpoint()?.step == Int(step.1))
  }

  /// Ctrl-C that ends `tee` as well: the status is that of the signal although nothing can be
  /// printed.
  @Test func aSignalAndAClosedPipe() throws {
    let work = try Workspace()
    let process = Process()
    process.executableURL = CajalProcess.executable
    process.arguments =
      work.training(steps: 5000, "--checkpoint-every", "2", "--evaluate-every", "0")
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    var text = ""
    while !text.contains("step 2: wrote ") {
      let data = pipe.fileHandleForReading.availableData
      try #require(!data.isEmpty, "\(text)")
      text += String(decoding: data, as: UTF8.self)
    }
    kill(process.processIdentifier, SIGINT)
    try pipe.fileHandleForReading.close()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(try RunFolder(existing: work.run).latestCheckpoint() != nil)
  }

  /// The reader of the progress has exited, as when Ctrl-C ends `tee` first.
  @Test func aClosedPipeIsAStopToo() throws {
    let work = try Workspace()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // The shell's third descriptor is its standard output.
    let script =
      "exec 3>&1; { \"$0\" \"$@\" 2>&1 >/dev/null; echo $? >&3; } | head -n 2 >/dev/null"
    process.arguments =
      ["-c", script, CajalProcess.executable.path]
      + work.training(steps: 5000, "--checkpoint-every", "1", "--evaluate-every", "0")
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let status = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(status == "141\n")
    #expect(try RunFolder(existing: work.run).latestCheckpoint() != nil)
  }
}
