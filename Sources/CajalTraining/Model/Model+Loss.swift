import CajalTensor
import Synchronization

extension Model {
  /// The mean loss of held-out examples, without dropout or label smoothing, each of them by
  /// itself.
  ///
  /// - Parameters:
  ///   - data: Where the examples are.
  ///   - examples: The indices of the held-out examples to take.
  ///   - objective: Which loss; by default the first.
  ///   - progress: Called with the share that is done, on any thread.
  /// - Throws: What the data throws when an example cannot be made.
  public func meanLoss<Data: TrainingData<Batch>>(
    _ data: Data, examples: some Collection<Int>, objective: Objective? = nil,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> Double {
    let examples = Array(examples)
    let done = Atomic(0)
    let losses = try Threads.concurrentMap(examples) { index in
      defer {
        let now = done.add(1, ordering: .relaxed).newValue
        progress?(Double(now) / Double(examples.count))
      }
      return evaluationLoss(try data.evaluationBatch(index..<(index + 1)), objective: objective)
    }
    return losses.reduce(0, +) / Double(max(losses.count, 1))
  }
}
