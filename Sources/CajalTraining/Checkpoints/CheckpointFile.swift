public import CajalOptimizers
public import CajalTensor
import CajalFiles

/// A checkpoint on disk: all of it is checked when it is opened, and its tensors are read when they
/// are needed.
public struct CheckpointFile: Sendable {
  /// The number of updates made.
  public let step: Int
  /// The seed of everything random.
  public let seed: UInt64
  /// How many training examples had been seen.
  public let examplesSeen: Int
  /// The losses since the last line of the log.
  public let pendingLosses: LossSum
  /// What else was kept with it.
  public let metadata: [String: String]
  /// How many updates its moving average has seen; `nil` when it has none.
  public let averageUpdates: Int?
  private let file: SafetensorsFile

  /// The file.
  public var path: String { file.path }

  /// Opens a checkpoint, compares its bytes with its checksum and looks for values that are not
  /// finite.
  ///
  /// - Throws: An error that names the file when it cannot be read, is truncated or damaged, is not a
  ///   checkpoint, was written by a newer version or has infinite values or NaN.
  public init(contentsOf path: String) throws {
    file = try SafetensorsFile(contentsOf: path)
    let texts = file.metadata
    func number<Value: LosslessStringConvertible & Comparable & ExpressibleByIntegerLiteral>(
      _ key: String
    ) throws -> Value {
      guard let value = texts[key].flatMap(Value.init), value >= 0 else {
        throw FileError(
          path: path, attempt: "read", reason: "it is not a checkpoint of Cajal (no good \(key))")
      }
      return value
    }
    let format: Int = try number(CheckpointKey.format)
    guard format <= CheckpointKey.currentFormat else {
      throw FileError(
        path: path, attempt: "read",
        reason: "it has format \(format) of a newer Cajal; this one reads up to "
          + "\(CheckpointKey.currentFormat)")
    }
    let isIntact =
      try format == 1
      ? file.checksum() == number(CheckpointKey.checksum)
      : file.isSealed(under: CheckpointKey.checksum)
    guard isIntact else {
      throw FileError(
        path: path, attempt: "read", reason: "it is damaged (its bytes do not have its checksum)")
    }
    /// A count that can be gone on from without overflow.
    func count(_ key: String, atMost limit: Int) throws -> Int {
      let value: Int = try number(key)
      guard value <= limit else {
        throw FileError(
          path: path, attempt: "read", reason: "its \(key) is \(value), and at most \(limit)")
      }
      return value
    }
    let mostSteps = TrainerOptions.maximumSteps
    step = try count(CheckpointKey.step, atMost: mostSteps)
    seed = try number(CheckpointKey.seed)
    examplesSeen = try count(
      CheckpointKey.examplesSeen, atMost: mostSteps * TrainerOptions.maximumBatchSize)
    averageUpdates =
      texts[CheckpointKey.averageUpdates] == nil
      ? nil : try count(CheckpointKey.averageUpdates, atMost: mostSteps)
    if let text = texts[CheckpointKey.pendingLossSum] {
      guard let sum = Double(text), sum.isFinite else {
        throw FileError(
          path: path, attempt: "read", reason: "its \(CheckpointKey.pendingLossSum) is \(text)")
      }
      pendingLosses = LossSum(
        sum: sum, count: try count(CheckpointKey.pendingLossCount, atMost: mostSteps))
    } else {
      pendingLosses = LossSum()
    }
    let prefix = CheckpointKey.userPrefix
    metadata = Dictionary(
      uniqueKeysWithValues: texts.filter { $0.key.hasPrefix(prefix) }.map {
        (String($0.key.dropFirst(prefix.count)), $0.value)
      })
    try checkFinite()
  }

  /// A run that diverged before such values were looked for can have left them behind.
  private func checkFinite() throws {
    for name in file.names where try file.typeName(of: name) == "F32" {
      guard try file.tensor(name, as: Float.self).isFinite else {
        throw FileError(
          path: path, attempt: "read", reason: "'\(name)' has values that are not finite")
      }
    }
  }
}

extension CheckpointFile {
  /// The flat buffer of a model's parameters.
  ///
  /// - Throws: An error that names the file and the first parameter that is missing, superfluous or of
  ///   another shape: the checkpoint then belongs to another model.
  public func weights(
    for layout: FlatLayout, on device: Device = .cpu
  ) throws -> Tensor<Float> {
    let prefix = CheckpointKey.modelPrefix
    let known = Set(layout.slices.map { prefix + $0.name })
    if let foreign = file.names.first(where: { $0.hasPrefix(prefix) && !known.contains($0) }) {
      throw mismatch("the model has no parameter '\(foreign.dropFirst(prefix.count))'")
    }
    return try flat(prefix, layout, device)
  }

  /// The flat buffer of the moving average of a model's parameters, or `nil` when none was kept.
  ///
  /// - Throws: As ``weights(for:on:)``.
  public func averageWeights(
    for layout: FlatLayout, on device: Device = .cpu
  ) throws -> Tensor<Float>? {
    guard averageUpdates != nil else { return nil }
    return try flat(CheckpointKey.averagePrefix, layout, device)
  }

  /// The moving average, for resuming with `decay`, or `nil` when none was kept.
  ///
  /// - Throws: As ``weights(for:on:)``.
  public func average(
    decay: Double, for layout: FlatLayout, on device: Device = .cpu
  ) throws -> WeightAverage? {
    guard let averageUpdates else { return nil }
    let values = try flat(CheckpointKey.averagePrefix, layout, device)
    return WeightAverage(of: values, decay: decay, updates: averageUpdates)
  }

  /// The state of an optimizer at ``step``.
  ///
  /// - Throws: An error that names the file when it was written with another rule or model.
  public func optimizerState(
    _ optimizer: Optimizer, for layout: FlatLayout, on device: Device = .cpu
  ) throws -> OptimizerState {
    var state = OptimizerState(optimizer, layout: layout, on: device)
    try state.restore(step: step) { name, shape in
      try tensor(CheckpointKey.optimizerPrefix + name, shape, device)
    }
    return state
  }

  private func flat(
    _ prefix: String, _ layout: FlatLayout, _ device: Device
  ) throws -> Tensor<Float> {
    try layout.assembled(on: device) { try tensor(prefix + $0.name, $0.shape, device) }
  }

  private func tensor(_ name: String, _ shape: Shape, _ device: Device) throws -> Tensor<Float> {
    let stored = try file.shape(of: name)
    guard stored == shape else {
      throw mismatch("'\(name)' has shape \(stored) where the model has \(shape)")
    }
    return try file.tensor(name, as: Float.self, on: device)
  }

  private func mismatch(_ reason: String) -> FileError {
    FileError(
      path: path, attempt: "use checkpoint",
      reason: "\(reason); it was written for another model or other hyperparameters")
  }
}
