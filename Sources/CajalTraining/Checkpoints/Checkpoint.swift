import CajalSupport
public import CajalAutodiff
public import CajalOptimizers
import CajalTensor

/// The complete state of a run at a step. Resuming from it is bit-identical to an uninterrupted
/// run.
public struct Checkpoint: Sendable {
  /// The number of updates made: the step that comes next, counted from 0.
  public var step: Int
  /// The layout of the parameters in the buffers.
  public var layout: ParameterLayout
  /// The parameters.
  public var weights: ParameterValues
  /// The moments of each group; `nil` for groups that are frozen.
  public var optimizers: [OptimizerState?]
  /// The moving average of each group's parameters; `nil` for groups without one.
  public var averages: [WeightAverage?]
  /// The seed of everything random.
  public var seed: UInt64
  /// The number of training examples seen, from which the data continues.
  public var examplesSeen: Int
  /// The losses since the last line of the log; the next line logs their mean.
  public var pendingLosses: LossSum
  /// The measures that the model has reported since the last line of the log, by name.
  public var pendingMeasures: [String: LossSum]
  /// Further metadata to store.
  public var metadata: [String: String]

  /// Creates a checkpoint; there is one optimizer state and one average per group.
  public init(
    step: Int, layout: ParameterLayout, weights: ParameterValues, optimizers: [OptimizerState?],
    averages: [WeightAverage?], seed: UInt64, examplesSeen: Int,
    pendingLosses: LossSum = LossSum(), pendingMeasures: [String: LossSum] = [:],
    metadata: [String: String] = [:]
  ) {
    let count = layout.groups.count
    require(
      weights.buffers.count == count && optimizers.count == count && averages.count == count,
      "a checkpoint has weights, an optimizer and an average for each of \(count) groups")
    self.step = step
    self.layout = layout
    self.weights = weights
    self.optimizers = optimizers
    self.averages = averages
    self.seed = seed
    self.examplesSeen = examplesSeen
    self.pendingLosses = pendingLosses
    self.pendingMeasures = pendingMeasures
    self.metadata = metadata
  }
}

extension Checkpoint {
  /// Writes the checkpoint as one safetensors file.
  func write(to path: String) throws {
    var tensors = named(CheckpointKey.modelPrefix) { weights.buffers[$0] }
    for state in optimizers {
      tensors += (state?.namedTensors ?? []).map {
        (CheckpointKey.optimizerPrefix + $0.name, $0.tensor)
      }
    }
    var texts = Dictionary(
      uniqueKeysWithValues: metadata.map { (CheckpointKey.userPrefix + $0.key, $0.value) })
    texts[CheckpointKey.format] = "\(CheckpointKey.currentFormat)"
    texts[CheckpointKey.step] = "\(step)"
    texts[CheckpointKey.seed] = "\(seed)"
    texts[CheckpointKey.examplesSeen] = "\(examplesSeen)"
    texts[CheckpointKey.pendingLossSum] = "\(pendingLosses.sum)"
    texts[CheckpointKey.pendingLossCount] = "\(pendingLosses.count)"
    for (name, pending) in pendingMeasures {
      texts[CheckpointKey.pendingMeasurePrefix + name] = "\(pending.sum) \(pending.count)"
    }
    // All averages have seen every update.
    if let updates = averages.lazy.compactMap({ $0?.updates }).first {
      tensors += named(CheckpointKey.averagePrefix) { averages[$0]?.values }
      texts[CheckpointKey.averageUpdates] = "\(updates)"
    }
    try Safetensors.write(
      tensors.map { Safetensors.Entry($0.name, $0.tensor) }, metadata: texts,
      sealedUnder: CheckpointKey.checksum, to: path)
  }

  /// The parameters of every group that has a buffer, by name.
  private func named(
    _ prefix: String, _ buffer: (_ group: Int) -> Tensor<Float>?
  ) -> [(name: String, tensor: Tensor<Float>)] {
    layout.groups.enumerated().flatMap { index, group in
      buffer(index).map { group.named(prefix, in: $0) } ?? []
    }
  }
}
