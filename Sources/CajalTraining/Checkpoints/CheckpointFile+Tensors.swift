public import CajalAutodiff
import CajalSupport
public import CajalOptimizers
public import CajalTensor

extension CheckpointFile {
  /// A model's parameters.
  ///
  /// - Throws: An error that names the file and the first parameter that is missing, superfluous or
  ///   of another shape: the checkpoint then belongs to another model.
  public func weights(
    for layout: ParameterLayout, on device: Device = .cpu
  ) throws -> ParameterValues {
    let prefix = CheckpointKey.modelPrefix
    let known = Set(layout.parameters.map { prefix + $0.path })
    if let foreign = file.names.first(where: { $0.hasPrefix(prefix) && !known.contains($0) }) {
      throw mismatch("the model has no parameter '\(foreign.dropFirst(prefix.count))'")
    }
    return ParameterValues(try layout.groups.map { try flat(prefix, $0, device) })
  }

  /// The parameters used by evaluation and decoding: the moving average of each group that has one,
  /// otherwise the last values.
  ///
  /// - Throws: As ``weights(for:on:)``.
  public func averageOrWeights(
    for layout: ParameterLayout, on device: Device = .cpu
  ) throws -> ParameterValues {
    var values = try weights(for: layout, on: device)
    for (index, group) in layout.groups.enumerated() where hasAverage(of: group) {
      values.buffers[index] = try flat(CheckpointKey.averagePrefix, group, device)
    }
    return values
  }

  /// The moving average of a group, for resuming with `decay`, or `nil` when none was kept.
  ///
  /// - Throws: As ``weights(for:on:)``.
  public func average(
    decay: Double, for group: ParameterGroup, on device: Device = .cpu
  ) throws -> WeightAverage? {
    guard let averageUpdates, hasAverage(of: group) else { return nil }
    let values = try flat(CheckpointKey.averagePrefix, group, device)
    return WeightAverage(of: values, decay: decay, updates: averageUpdates)
  }

  /// The state of a group's optimizer at ``step``.
  ///
  /// - Throws: An error that names the file when it was written with another rule or model.
  public func optimizerState(
    _ optimizer: Optimizer, for group: ParameterGroup, on device: Device = .cpu
  ) throws -> OptimizerState {
    var state = try OptimizerState(optimizer, for: group, on: device)
    try state.restore(step: step) { name, shape in
      try tensor(CheckpointKey.optimizerPrefix + name, shape, device)
    }
    return state
  }

  /// Whether the checkpoint has the average of a group. It must cover all parameters of the group,
  /// otherwise the file is damaged.
  private func hasAverage(of group: ParameterGroup) -> Bool {
    averageUpdates != nil
      && group.parameters.contains { file.contains(CheckpointKey.averagePrefix + $0.path) }
  }

  private func flat(
    _ prefix: String, _ group: ParameterGroup, _ device: Device
  ) throws -> Tensor<Float> {
    try group.assembled(on: device) { try tensor(prefix + $0.path, $0.shape, device) }
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
