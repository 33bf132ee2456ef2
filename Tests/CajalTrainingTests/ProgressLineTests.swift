import Cajal
import Synchronization
import Testing

@Suite struct ProgressLineTests {
  @Test func stepsAreSkippedBetweenLines() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let events = Events()
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.options.evaluationInterval = 5
      let shown = Mutex<[String]>([])
      let observer = ProgressLines(every: 2) { line in shown.withLock { $0.append(line) } }
      _ = try trainer.fit(data, steps: 5, observers: [events, observer])
      let lines = shown.withLock { $0 }
      #expect(lines == events.all.compactMap { $0.line(every: 2) })
      #expect(lines.count == 5 && lines.allSatisfy { !$0.contains("\n") }, "\(lines)")
      #expect(
        lines[0].contains(" nats per sub-pixel, ") && lines[0].hasPrefix("step 2/5: loss ")
          && lines[1].hasPrefix("step 4/5: loss "))
      #expect(lines[2].hasPrefix("step 5/5: loss ") && lines[3].hasPrefix("step 5: held-out loss "))
      #expect(lines[4].hasPrefix("step 5: wrote \(run.path)/run/checkpoints/"))
    }
  }
}
