import CajalAutodiff
import CajalLayers
public import CajalProblems
import CajalTensor
import Synchronization

extension TrainableModel {
  /// The mean loss of held-out examples in nats per sub-pixel, without dropout or label smoothing.
  ///
  /// - Parameters:
  ///   - examples: the indices of the data's evaluation examples to take.
  ///   - progress: called with the share that is done, on any thread.
  /// - Throws: what the data throws when an example cannot be made.
  public func meanLoss(
    _ data: Dataset, examples: some Collection<Int>, progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> Double {
    let examples = Array(examples)
    let done = Atomic(0)
    let losses = try Threads.concurrentMap(examples) { index in
      defer {
        let now = done.add(1, ordering: .relaxed).newValue
        progress?(Double(now) / Double(examples.count))
      }
      return meanLoss(try data.evaluationBatch(index..<(index + 1)))
    }
    return losses.reduce(0, +) / Double(max(losses.count, 1))
  }

  /// The mean loss of a batch in nats per sub-pixel, without dropout.
  func meanLoss(_ batch: ExampleBatch) -> Double {
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    return Double(loss(inputs: batch.inputs, targets: batch.targets, pass).value.scalar)
  }
}
