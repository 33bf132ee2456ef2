import CajalSupport
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

  /// Whether no other process has members.
  var isInOneProcess: Bool { collective.localMembers.count == collective.memberCount }

  /// Has the gradients of a batch computed, which are ``gradients`` until the next call, and with
  /// them the mean loss over all members and the means of the measures that the model reports.
  func run(_ model: M, _ batch: Batch) throws -> PendingBatch {
    let count = collective.memberCount
    let first = collective.localMembers.lowerBound
    let reports = try collective.concurrentMap { member in
      let replica = replicas[member - first]
      replica.gradients.reset()
      return try stride(from: member, to: batch.parts.count, by: count).map { part in
        try replica.run(model, batch, part)
      }
    }
    try collective.sum(replicas.map(\.gradients))
    let names = Self.measureNames(reports)
    let numbers = reports.map { Self.joined($0.flatMap(\.numbers)) }
    return PendingBatch { [collective] in
      let all = try collective.gather(numbers.map { $0?.scalars.map(Double.init) ?? [] })
      return Self.report(all, names: names, of: batch.parts)
    }
  }

  /// The means of numbers of members, of which each has those of its micro-batches.
  private static func report(
    _ numbers: [[Double]], names: [String], of parts: [Range<Int>]
  ) -> BatchReport {
    let count = numbers.count
    // A process without micro-batches knows no names. The first member has at least one.
    let width = numbers[0].count / ((parts.count + count - 1) / count)
    func mean(_ index: Int) -> Double {
      let total = parts.enumerated().reduce(0) { sum, part in
        let (turn, member) = part.offset.quotientAndRemainder(dividingBy: count)
        return sum + numbers[member][turn * width + index] * Double(part.element.count)
      }
      return total / Double(parts.last?.upperBound ?? 1)
    }
    return BatchReport(
      loss: mean(0), measures: names.enumerated().map { ($0.element, mean($0.offset + 1)) })
  }

  /// The names of the measures, which are those of every micro-batch.
  private static func measureNames(_ reports: [[MicroBatchReport]]) -> [String] {
    let all = reports.lazy.flatMap { $0 }.map(\.measureNames)
    guard let names = all.first else { return [] }
    require(
      all.allSatisfy { $0 == names },
      "a model reports the same measures of every batch, not \(names) of one")
    return names
  }

  /// Numbers in one copy, on its way to the host; `nil` where there are none.
  private static func joined(_ numbers: [Tensor<Float>]) -> PendingScalars<Float>? {
    guard !numbers.isEmpty else { return nil }
    return Tensor.concatenate(numbers.map { $0.reshaped([1]) }, axis: 0).beginReading()
  }

  /// The gradients of the last batch's mean loss, by group.
  var gradients: ParameterGradients { replicas[0].gradients }
}

/// One replica. `@unchecked Sendable`: owned by the pool between batches, and by a single thread
/// during a batch.
private final class Replica: @unchecked Sendable {
  let gradients: ParameterGradients

  init(gradients: ParameterGradients) { self.gradients = gradients }

  /// Computes the loss of a micro-batch and adds its gradient.
  func run<M: Model>(
    _ model: M, _ batch: ReplicaPool<M>.Batch, _ part: Int
  ) throws -> MicroBatchReport {
    let weight = Float(batch.parts[part].count) / Float(batch.count)
    let tape = Tape(parameterGradients: gradients, expectedSeed: weight)
    let pass = ForwardPass(
      tape: tape, parameters: model.parameters,
      randomness: batch.randomness.forMicroBatch(part, objective: batch.objective))
    let loss = model.loss(
      try batch.examples(part), objective: model.objectives[batch.objective], pass)
    tape.backward(from: loss, seed: weight)
    return MicroBatchReport(loss: loss.value, measures: pass.measures)
  }
}

/// The numbers of a batch, which a device may not have computed yet.
final class PendingBatch {
  private let make: () throws -> BatchReport
  private var made: BatchReport?

  init(_ make: @escaping () throws -> BatchReport) { self.make = make }

  /// The numbers. Waits for the device, and for members in other processes, when it is first called.
  func report() throws -> BatchReport {
    if let made { return made }
    let report = try make()
    made = report
    return report
  }
}

/// The loss and the reported measures of a batch.
struct BatchReport {
  let loss: Double
  let measures: [(name: String, value: Double)]
}

/// The loss and the reported measures of a micro-batch, on the device.
private struct MicroBatchReport: Sendable {
  let measureNames: [String]
  /// The loss, then the measures.
  let numbers: [Tensor<Float>]

  init(loss: Tensor<Float>, measures: [(name: String, value: Tensor<Float>)]) {
    measureNames = measures.map(\.name)
    numbers = [loss] + measures.map(\.value)
  }
}

extension RandomKey {
  /// The sequence of one micro-batch of a step for an objective.
  fileprivate func forMicroBatch(_ index: Int, objective: Int) -> RandomKey {
    RandomKey(
      seed: seed, stream: stream, step: step << 20 | UInt64(objective) << 16 | UInt64(index))
  }
}
