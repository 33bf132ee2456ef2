import CajalAutodiff
import CajalLayers
import CajalProblems
import CajalTensor

/// The replicas of a model that share a batch: each is a thread with a gradient buffer of its own.
///
/// Micro-batch i goes to replica i modulo their number, and the buffers are added up in order, so that equal
/// seeds and equal numbers of replicas give equal bits.
final class ReplicaPool<Model: TrainableModel> {
  private let replicas: [Replica]

  init(count: Int, parameterCount: Int, on device: Device) {
    replicas = (0..<count).map { _ in
      Replica(gradients: ParameterGradients(count: parameterCount, on: device))
    }
  }

  /// What the replicas of a pool compute for a batch.
  struct Batch: Sendable {
    /// The number of pictures and how many of them a replica takes at a time.
    let count: Int, microBatchSize: Int
    /// Makes the pictures of a range.
    let examples: @Sendable (Range<Int>) throws -> ExampleBatch
    /// Where dropout draws from, with the micro-batch's number added to the step.
    let randomness: RandomKey
  }

  /// The mean loss of a batch; the gradients are in ``gradients`` until the next call.
  func run(_ model: Model, _ batch: Batch) throws -> Double {
    let parts = stride(from: 0, to: batch.count, by: batch.microBatchSize).map {
      $0..<min($0 + batch.microBatchSize, batch.count)
    }
    let count = replicas.count
    let losses = try Threads.concurrentMap(Array(replicas.enumerated())) { number, replica in
      replica.gradients.reset()
      return try stride(from: number, to: parts.count, by: count).map { index in
        try replica.loss(
          model, batch.examples(parts[index]),
          weight: Float(parts[index].count) / Float(batch.count),
          randomness: batch.randomness.forMicroBatch(index))
      }
    }
    for replica in replicas.dropFirst() { replicas[0].gradients.add(replica.gradients) }
    let total = parts.enumerated().reduce(0) { sum, part in
      let (turn, number) = part.offset.quotientAndRemainder(dividingBy: count)
      return sum + losses[number][turn] * Double(part.element.count)
    }
    return total / Double(batch.count)
  }

  /// The gradients of the last batch's mean loss.
  var gradients: Tensor<Float> { replicas[0].gradients.values }
}

/// One replica. `@unchecked Sendable`: between two batches it belongs to the pool, during one to a single
/// thread.
private final class Replica: @unchecked Sendable {
  let gradients: ParameterGradients

  init(gradients: ParameterGradients) { self.gradients = gradients }

  func loss<Model: TrainableModel>(
    _ model: Model, _ examples: ExampleBatch, weight: Float, randomness: RandomKey
  ) -> Double {
    let tape = Tape(parameterGradients: gradients)
    let pass = ForwardPass(tape: tape, parameters: model.parameters, randomness: randomness)
    let loss = model.loss(inputs: examples.inputs, targets: examples.targets, pass)
    tape.backward(from: loss, seed: weight)
    return Double(loss.value.scalar)
  }
}

extension RandomKey {
  /// The sequence of one micro-batch of a step.
  fileprivate func forMicroBatch(_ index: Int) -> RandomKey {
    RandomKey(seed: seed, stream: stream, step: step << 20 | UInt64(index))
  }
}
