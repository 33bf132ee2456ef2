import CajalTensor
import Foundation
import Synchronization

extension Trainer {
  /// Trains until `steps` updates have been made, on the calling thread.
  ///
  /// A run that is resumed ends in the same bits as one that was not interrupted. So the data, the
  /// model and all that decides the bits must be what the run recorded; see ``RunConfiguration``.
  /// Intervals, the number of checkpoints and the place of the data may change, and `steps` as far
  /// as the schedules stay the same.
  ///
  /// - Parameters:
  ///   - data: Examples to train on, and held-out ones to evaluate on.
  ///   - steps: The length of the whole run, what was done before a resume included.
  ///   - resume: What to do about a run that the folder holds already.
  ///   - stop: Asked after each step; when it is requested, or the task that calls is canceled, a
  ///     checkpoint is written and `fit` returns.
  ///   - observers: What is told of every event, such as ``ProgressLines``.
  /// - Returns: The trained model and the log.
  /// - Throws: ``TrainingError``, or an error that names the file that could not be read or
  ///   written.
  public func fit<Data: TrainingData<M.Batch>>(
    _ data: Data, steps: Int, resume: Resumption = .never, stop: StopSignal? = nil,
    observers: [any TrainingObserver] = []
  ) throws -> TrainingHistory<M> {
    try TrainingSession(self, data, steps: steps, resume: resume, observers: observers)
      .run { stop?.isRequested == true || Task.isCancelled }
  }

  /// Trains until `steps` updates have been made, on a thread of its own: neither the caller's
  /// actor nor the threads of Swift's concurrency are blocked.
  ///
  /// Parameters and result are those of the function without `async`.
  ///
  /// - Throws: `CancellationError` when the task is canceled: after the step in work, with a
  ///   checkpoint to resume from; else as the function without `async`.
  public func fit<Data: TrainingData<M.Batch>>(
    _ data: Data, steps: Int, resume: Resumption = .never, stop: StopSignal? = nil,
    observers: [any TrainingObserver] = []
  ) async throws -> TrainingHistory<M> {
    let history = try await onThread { isCancelled in
      try TrainingSession(self, data, steps: steps, resume: resume, observers: observers)
        .run { stop?.isRequested == true || isCancelled() }
    }
    try Task.checkCancellation()
    return history
  }
}

/// Runs `body` on a thread of its own, with a question whether the calling task has been canceled.
private func onThread<Value: Sendable>(
  _ body: @escaping @Sendable (_ isCancelled: () -> Bool) throws -> Value
) async throws -> Value {
  let cancellation = Cancellation()
  let threads = Threads.count
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      let thread = Thread {
        continuation.resume(
          with: Result {
            try Threads.limited(to: threads) { try body { cancellation.isRequested } }
          })
      }
      // As much as a main thread has.
      thread.stackSize = 8 << 20
      thread.name = "cajal-training"
      thread.start()
    }
  } onCancel: {
    cancellation.request()
  }
}

/// A request that any thread may make and see.
private final class Cancellation: Sendable {
  private let requested = Atomic(false)

  var isRequested: Bool { requested.load(ordering: .acquiring) }

  func request() { requested.store(true, ordering: .releasing) }
}
