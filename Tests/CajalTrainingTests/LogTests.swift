import Cajal
import CajalSupport
import Foundation
import Testing

@Suite struct LogTests {
  private static func record(_ step: Int) -> LogRecord {
    LogRecord(
      kind: step % 5 == 0 ? "evaluation" : "train", step: step,
      values: ["loss": 3 + 0.1 * Double(step), "learning_rate": 1e-3 / Double(step + 1)])
  }

  @Test func recordsComeBackAndOneIsOneLine() throws {
    try withRunFolder { run in
      let log = try TrainingLog(path: run.logPath, keepingThrough: -1)
      let records =
        (0..<10).map(Self.record)
        + [LogRecord(kind: "train", step: 10, values: ["loss": .infinity, "other": -.infinity])]
      for record in records { try log.append(record) }
      #expect(try TrainingLog.records(contentsOf: run.logPath) == records)
      let text = String(decoding: try Files.read(run.logPath), as: UTF8.self)
      #expect(text.split(separator: "\n").count == 11)
      #expect(text.hasPrefix(#"{"kind":"evaluation","learning_rate":0.001,"loss":3,"step":0}"#))
      try log.append(LogRecord(kind: "train", step: 11, values: ["loss": .nan]))
      #expect(try TrainingLog.records(contentsOf: run.logPath).last?["loss"]?.isNaN == true)
    }
  }

  @Test func aResumedLogEndsAsAnUninterruptedOne() throws {
    try withRunFolder { run in
      let whole = run.path + "/whole.jsonl"
      let log = try TrainingLog(path: whole, keepingThrough: -1)
      for step in 0..<20 { try log.append(Self.record(step)) }

      // Killed at step 14, half a line left behind, resumed from the checkpoint of step 10.
      let first = try TrainingLog(path: run.logPath, keepingThrough: -1)
      for step in 0..<14 { try first.append(Self.record(step)) }
      let bytes = try Files.read(run.logPath)
      try Files.writeAtomically(to: run.logPath, bytes + Array(#"{"kind":"train","st"#.utf8))
      let second = try TrainingLog(path: run.logPath, keepingThrough: 10)
      for step in 11..<20 { try second.append(Self.record(step)) }
      #expect(try Files.read(run.logPath) == Files.read(whole))
    }
  }

  @Test func beginningAnewEmptiesTheLog() throws {
    try withRunFolder { run in
      try TrainingLog(path: run.logPath, keepingThrough: -1).append(Self.record(3))
      _ = try TrainingLog(path: run.logPath, keepingThrough: -1)
      #expect(try Files.read(run.logPath).isEmpty)
    }
  }

  @Test func readingIgnoresALineThatIsBeingWritten() throws {
    try withRunFolder { run in
      try TrainingLog(path: run.logPath, keepingThrough: -1).append(Self.record(1))
      let bytes = try Files.read(run.logPath)
      try Files.writeAtomically(to: run.logPath, bytes + Array("{\"ki".utf8))
      #expect(try TrainingLog.records(contentsOf: run.logPath) == [Self.record(1)])
      try Files.writeAtomically(to: run.logPath, bytes + Array("hello\n".utf8) + bytes)
      #expect(
        message { _ = try TrainingLog.records(contentsOf: run.logPath) }
          == "cannot read \(run.logPath): line 2 is not a record of a training log")
    }
  }

  @Test func aFullDiskIsOneLine() throws {
    try #require(Files.exists("/dev/full"))
    let log = try TrainingLog(path: "/dev/full", keepingThrough: 5)
    #expect(
      message { try log.append(Self.record(1)) }
        == "cannot write /dev/full: No space left on device")
  }
}
