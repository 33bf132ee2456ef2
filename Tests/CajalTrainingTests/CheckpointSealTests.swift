import Cajal
import CajalSupport
import Foundation
import Testing

@Suite struct CheckpointSealTests {
  /// Whatever byte changes, header, metadata and padding included, the file is refused.
  @Test func everyByteCounts() throws {
    try withRunFolder { run in
      var checkpoint = try Training(updates: 2).checkpoint
      checkpoint.metadata = ["note": "a"]
      checkpoint.pendingLosses = LossSum(sum: 12.5, count: 3)
      let path = try run.write(checkpoint, keeping: 1)
      let file = try CheckpointFile(contentsOf: path)
      #expect(file.pendingLosses == checkpoint.pendingLosses)
      let bytes = try Files.read(path)
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1
        try Files.writeAtomically(to: path, changed)
        let text = message { _ = try CheckpointFile(contentsOf: path) }
        #expect(text.contains(path) && !text.contains("\n"), "byte \(index): \(text)")
      }
    }
  }

  /// The step and the count of the average were outside of the checksum of format 1.
  @Test(arguments: ["\"cajal.step\":\"2\"", "\"cajal.average_updates\":\"2\""])
  func metadataAreCovered(text: String) throws {
    try withRunFolder { run in
      let path = try run.write(Training(updates: 2).checkpoint, keeping: 1)
      let bytes = try Files.read(path)
      let pattern = Array(text.utf8)
      let start = try #require(
        bytes.indices.first { bytes[$0...].starts(with: pattern) })
      var changed = bytes
      changed[start + pattern.count - 2] = UInt8(ascii: "3")
      try Files.writeAtomically(to: path, changed)
      #expect(message { _ = try CheckpointFile(contentsOf: path) }.contains("it is damaged"))
    }
  }

  /// A copy under another name would continue at another step.
  @Test func aNameOfAnotherStepIsSkipped() throws {
    try withRunFolder { run in
      try run.write(Training(updates: 1).checkpoint, keeping: 9)
      let path = try run.write(Training(updates: 2).checkpoint, keeping: 9)
      try FileManager.default.moveItem(atPath: path, toPath: run.checkpointPath(step: 7))
      var lines: [String] = []
      #expect(try run.latestCheckpoint { lines.append($0) }?.step == 1)
      #expect(lines.count == 1 && lines[0].contains("it is of step 2, which is not the step of"))
    }
  }

  @Test func valuesThatAreNotFiniteAreSkipped() throws {
    try withRunFolder { run in
      try run.write(Training(updates: 1).checkpoint, keeping: 9)
      var bad = try Training(updates: 2).checkpoint
      bad.weights.buffers[0][3] = .infinity
      let path = try run.write(bad, keeping: 9)
      var worse = try Training(updates: 3).checkpoint
      worse.averages = [WeightAverage(of: Tensor(repeating: .nan, shape: [32]), decay: 0.9)]
      try run.write(worse, keeping: 9)
      var lines: [String] = []
      #expect(try run.latestCheckpoint { lines.append($0) }?.step == 1)
      #expect(lines.count == 2 && lines[0].contains("'average/"))
      #expect(
        lines.last == "cannot read \(path): 'model/body/kernel' has values that are not finite")
    }
  }
}
