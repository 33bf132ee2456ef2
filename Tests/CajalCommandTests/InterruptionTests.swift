import Cajal
import Foundation
import Testing

/// An interrupted and resumed run is bit-identical to an uninterrupted one.
@Suite struct InterruptionTests {
  /// Enough that the signal, sent after the first checkpoint, comes long before the end.
  private static let steps = 150

  @Test func killedOrStoppedItGoesOnToTheSameBits() throws {
    let work = try Workspace()
    func often(_ run: String? = nil) -> [String] {
      work.training(run, steps: Self.steps, "--checkpoint-every", "5")
    }
    let whole = try CajalProcess.run(often())
    try #require(whole.status == 0, "\(whole.errors)")
    let expected = try Workspace.checkpoint(work.run, step: Self.steps)

    let killed = work.path + "/killed"
    let kill = try CajalProcess.run(
      often(killed), sending: SIGKILL,
      after: { $0.hasPrefix("step 5: wrote ") })
    #expect(kill.wasKilled && kill.status == SIGKILL && kill.output.isEmpty)
    try resume(killed, work, expecting: expected)

    let stopped = work.path + "/stopped"
    let stop = try CajalProcess.run(
      often(stopped), sending: SIGTERM,
      after: { $0.hasPrefix("step 5: wrote ") })
    #expect(!stop.wasKilled && stop.status == 143)
    let step = try #require(
      stop.output.firstMatch(of: /^stopped at step (\d+); continue with --resume\n/))
    #expect(try RunFolder(existing: stopped).checkpointSteps().last == Int(step.1))
    try resume(stopped, work, expecting: expected)
  }

  private func resume(_ run: String, _ work: Workspace, expecting expected: Data) throws {
    let step = try #require(try RunFolder(existing: run).latestCheckpoint()).step
    #expect(step < Self.steps)
    let resumed = try CajalProcess.run(
      work.training(run, steps: Self.steps, "--resume", "--checkpoint-every", "50"))
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("resuming from step \(step), "))
    #expect(try Workspace.checkpoint(run, step: Self.steps) == expected)
    let names = try FileManager.default.contentsOfDirectory(atPath: run + "/checkpoints")
    #expect(!names.contains { $0.hasSuffix(".partial") })
  }
}
