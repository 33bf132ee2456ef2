import CajalAutodiff
import CajalLayers
import CajalTensor

/// The replicas of a model in this process: members of a collective, each with its own gradient
/// buffers.
///
/// Micro-batch i goes to member i modulo their number, and the gradients are added up in order, so
/// that equal seeds and equal numbers of members give equal bits.
final class ReplicaPool<M: Model>: Sendable {
  private let collective: any Collective
  private let replicas: [Replica]

  /// Replicas with gradients of `groups`.
  init(
    _ collective: any Collective, _ layout: ParameterLayout, groups: Set<String>, on device: Device
  ) throws(AllocationError) {
    self.collective = collective
    var replicas: [Replica] = []
    for _ in collective.localMembers {
      replicas.append(
        Replica(gradients: try ParameterGradients(for: layout, groups: groups, on: device)))
    }
    self.replicas = replicas
  }

  /// A batch, cut into micro-batches.
  struct Batch: Sendable {
    /// The examples of each micro-batch, counted from 0.
    let parts: [Range<Int>]
    /// Makes the examples of a micro-batch.
    let examples: @Sendable (_ part: Int) throws -> M.Batch
    /// The randomness of dropout; the micro-batch's number is added to the step.
    let randomness: RandomKey
    /// The number of the objective.
    let objective: Int

    /// The number of examples.
    var count: Int { parts.last?.upperBound ?? 0 }
  }

  /// The mean loss of a batch over all members. Sets ``gradients``, which are valid until the next
  /// call. Reads one tensor of losses per replica from the device, after all work has been
  /// enqueued.
  func run(_ model: M, _ batch: Batch) throws -> Double {
    let count = collective.memberCount
    let first = collective.localMembers.lowerBound
    let losses = try collective.concurrentMap { member in
      let replica = replicas[member - first]
      replica.gradients.reset()
      return try stride(from: member, to: batch.parts.count, by: count).map { part in
        try replica.loss(model, batch, part)
      }
    }
    try collective.sum(replicas.map(\.gradients))
    let numbers = try collective.gather(losses.map(Self.numbers))
    let total = batch.parts.enumerated().reduce(0) { sum, part in
      let (turn, member) = part.offset.quotientAndRemainder(dividingBy: count)
      return sum + numbers[member][turn] * Double(part.element.count)
    }
    return total / Double(batch.count)
  }

  /// Losses on the host, by one copy.
  private static func numbers(_ losses: [Tensor<Float>]) -> [Double] {
    guard !losses.isEmpty else { return [] }
    return Tensor.concatenate(losses.map { $0.reshaped([1]) }, axis: 0).scalars.map(Double.init)
  }

  /// The gradients of the last batch's mean loss, by group.
  var gradients: ParameterGradients { replicas[0].gradients }
}

/// One replica. `@unchecked Sendable`: owned by the pool between batches, and by a single thread
/// during a batch.
private final class Replica: @unchecked Sendable {
  let gradients: ParameterGradients

  init(gradients: ParameterGradients) { self.gradients = gradients }

  func loss<M: Model>(
    _ model: M, _ batch: ReplicaPool<M>.Batch, _ part: Int
  ) throws -> Tensor<Float> {
    let tape = Tape(parameterGradients: gradients)
    let pass = ForwardPass(
      tape: tape, parameters: model.parameters,
      randomness: batch.randomness.forMicroBatch(part, objective: batch.objective))
    let loss = model.loss(
      try batch.examples(part), objective: model.objectives[batch.objective], pass)
    let weight = Float(batch.parts[part].count) / Float(batch.count)
    tape.backward(from: loss, seed: weight)
    return loss.value
  }
}

extension RandomKey {
  /// The sequence of one micro-batch of a step for an objective.
  fileprivate func forMicroBatch(_ index: Int, objective: Int) -> RandomKey {
    RandomKey(
      seed: seed, stream: stream, step: step << 20 | UInt64(objective) << 16 | UInt64(index))
  }
}
