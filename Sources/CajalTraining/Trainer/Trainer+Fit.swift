import CajalSupport
import CajalTensor
import Foundation
import Synchronization

extension Trainer {
  /// Trains until `steps` updates have been made, on the calling thread.
  ///
  /// A resumed run is bit-identical to an uninterrupted one. So the data, the model and everything
  /// else that affects the bits must match the recorded configuration; see ``RunConfiguration``.
  /// Intervals, the number of checkpoints and the location of the data may change, and so may
  /// `steps` if the schedules do not depend on it.
  ///
  /// - Parameters:
  ///   - data: Examples to train on, and held-out ones to evaluate on.
  ///   - steps: The total number of steps, including those before a resume.
  ///   - resume: How to treat an existing run in the folder.
  ///   - stop: Asked after each step; when it is requested, or the task that calls is canceled, a
  ///     checkpoint is written and `fit` returns.
  ///   - observers: Receive every event, such as ``ProgressLines``.
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

  /// Trains until `steps` updates have been made, on its own thread, without blocking the caller's
  /// actor or the threads of Swift concurrency.
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

/// Runs `body` on its own thread; it receives a function that tells whether the calling task has
/// been canceled.
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
      // The default size of a main thread's stack.
      thread.stackSize = 8 << 20
      thread.name = "cajal-training"
      thread.start()
    }
  } onCancel: {
    cancellation.request()
  }
}

/// A thread-safe flag.
private final class Cancellation: Sendable {
  private let requested = Atomic(false)

  var isRequested: Bool { requested.load(ordering: .acquiring) }

  func request() { requested.store(true, ordering: .releasing) }
}
