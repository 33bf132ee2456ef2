public import CajalOptimizers
public import CajalTensor

/// Everything that a run needs to continue from a step to the same bits as if it had not stopped.
public struct Checkpoint: Sendable {
  /// The flat buffer of the parameters.
  public var weights: Tensor<Float>
  /// The moments, the number of updates and where each parameter is in the buffers.
  public var optimizer: OptimizerState
  /// The moving average of the parameters, if one is kept.
  public var average: WeightAverage?
  /// The seed of everything random.
  public var seed: UInt64
  /// How many training examples have been seen: where the data goes on.
  public var examplesSeen: Int
  /// The losses since the last line of the log, of which the next line has the mean.
  public var pendingLosses: LossSum
  /// Anything else that is to be kept with it.
  public var metadata: [String: String]

  /// A checkpoint of all the parts of a run.
  public init(
    weights: Tensor<Float>, optimizer: OptimizerState, average: WeightAverage? = nil, seed: UInt64,
    examplesSeen: Int, pendingLosses: LossSum = LossSum(), metadata: [String: String] = [:]
  ) {
    self.weights = weights
    self.optimizer = optimizer
    self.average = average
    self.seed = seed
    self.examplesSeen = examplesSeen
    self.pendingLosses = pendingLosses
    self.metadata = metadata
  }

  /// The number of updates made: the step that comes next, counted from 0.
  public var step: Int { optimizer.step }
}

/// The names in a checkpoint file.
enum CheckpointKey {
  static let modelPrefix = "model/"
  static let averagePrefix = "average/"
  static let optimizerPrefix = "optimizer/"
  static let userPrefix = "user."

  static let format = "cajal.checkpoint"
  static let step = "cajal.step"
  static let seed = "cajal.seed"
  static let examplesSeen = "cajal.examples_seen"
  static let checksum = "cajal.crc32c"
  static let averageUpdates = "cajal.average_updates"
  static let pendingLossSum = "cajal.pending_loss_sum"
  static let pendingLossCount = "cajal.pending_loss_count"

  /// The version that is written, and the newest that is read. The checksum of format 1 is of the
  /// tensors alone, that of format 2 of the whole file.
  static let currentFormat = 2
}

extension Checkpoint {
  /// Writes the checkpoint as one safetensors file.
  func write(to path: String) throws {
    let layout = optimizer.layout
    var tensors = layout.named(CheckpointKey.modelPrefix, in: weights)
    tensors += optimizer.namedTensors.map { (CheckpointKey.optimizerPrefix + $0.name, $0.tensor) }
    var texts = Dictionary(
      uniqueKeysWithValues: metadata.map { (CheckpointKey.userPrefix + $0.key, $0.value) })
    texts[CheckpointKey.format] = "\(CheckpointKey.currentFormat)"
    texts[CheckpointKey.step] = "\(step)"
    texts[CheckpointKey.seed] = "\(seed)"
    texts[CheckpointKey.examplesSeen] = "\(examplesSeen)"
    texts[CheckpointKey.pendingLossSum] = "\(pendingLosses.sum)"
    texts[CheckpointKey.pendingLossCount] = "\(pendingLosses.count)"
    if let average {
      tensors += layout.named(CheckpointKey.averagePrefix, in: average.values)
      texts[CheckpointKey.averageUpdates] = "\(average.updates)"
    }
    try Safetensors.write(
      tensors.map { Safetensors.Entry($0.name, $0.tensor) }, metadata: texts,
      sealedUnder: CheckpointKey.checksum, to: path)
  }
}
