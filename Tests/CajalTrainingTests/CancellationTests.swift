import Cajal
import Foundation
import Synchronization
import Testing

/// `fit` with `async`: it ends with its task and keeps no actor waiting.
@Suite struct CancellationTests {
  @Test func aCanceledTaskStopsAfterItsStepWithACheckpoint() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-run-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let trainer = try pairTrainer(run: folder + "/run")
    let task = Mutex<Task<Int, any Error>?>(nil)
    // The run itself cancels its task at step 3, as soon as that is there to be canceled.
    let canceler = EventHandler { event in
      guard case .step(let step) = event, step.step == 3 else { return }
      while true {
        if let task = task.withLock({ $0 }) { return task.cancel() }
        sched_yield()
      }
    }
    task.withLock {
      $0 = Task {
        try await trainer.fit(PairData(width: 5), steps: 1_000_000, observers: [canceler]).step
      }
    }
    let running = try #require(task.withLock { $0 })
    await #expect(throws: CancellationError.self) { try await running.value }
    #expect(try RunFolder(existing: trainer.run).latestCheckpoint()?.step == 3)
    let history = try await trainer.fit(PairData(width: 5), steps: 5, resume: true)
    #expect(history.step == 5 && !history.wasStopped)
  }

  /// The main actor is free during training: here it does what the run waits for.
  @MainActor @Test func theMainActorIsNotBlocked() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-run-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let trainer = try pairTrainer(run: folder + "/run")
    let isMainActorFree = Atomic(false)
    let waiter = EventHandler { event in
      guard case .step(let step) = event, step.step == 1 else { return }
      while !isMainActorFree.load(ordering: .acquiring) { sched_yield() }
    }
    let other = Task { @MainActor in isMainActorFree.store(true, ordering: .releasing) }
    let history = try await trainer.fit(PairData(width: 5), steps: 2, observers: [waiter])
    await other.value
    #expect(history.step == 2)
  }

  /// Called from a task without `await`, it looks at the task as well.
  @Test func theSynchronousOneStopsWithItsTask() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-run-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let trainer = try pairTrainer(run: folder + "/run")
    func train() throws -> TrainingHistory<PairModel> {
      try trainer.fit(PairData(width: 5), steps: 50)
    }
    let task = Task { try train() }
    task.cancel()
    let history = try await task.value
    #expect(history.wasStopped == (history.step < 50))
  }
}
