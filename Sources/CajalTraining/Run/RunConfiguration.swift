public import CajalOptimizers

/// The configuration of a run, stored in `config.json`.
///
/// The file has a version. Unknown keys are errors; missing keys get the defaults of the versions
/// that did not write them.
public struct RunConfiguration<ModelConfiguration, Data>: Sendable, Hashable
where ModelConfiguration: Codable & Hashable & Sendable, Data: DataRecord {
  /// The version of the file. Runs of Cajal 0.1 have none and count as 1.
  public var version: Int
  /// The kind of model, and all that shapes it.
  public var kind: String, model: ModelConfiguration
  /// The name of the hyperparameter set, if known.
  public var hyperparameterSet: String?
  /// The update rule of the groups that have none of their own.
  public var optimizer: Optimizer
  /// The settings of groups with their own, by name.
  public var groups: [String: GroupTraining]
  /// A fingerprint that identifies the data.
  public var data: Data
  /// The run that provided the initial weights; `nil` for random weights.
  public var initialWeights: InitialWeights?
  /// The planned number of updates.
  public var steps: Int
  /// The trainer options, with all defaults resolved.
  public var options: TrainerOptions
  /// What computed the steps so far, in their order; empty for runs of versions before 3.
  public var devices: [RunDevice]
}

/// The version of configurations that is written, and the newest that is read.
let currentConfigurationVersion = 3

/// A run's configuration without the record of its data.
public typealias ModelRunConfiguration<M: Model> = RunConfiguration<
  M.Configuration, UnreadDataRecord
>

extension RunConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case version, model, hyperparameterSet, optimizer, groups, initialWeights, steps, options,
      devices
  }

  private enum ModelKeys: String, CodingKey { case kind }

  /// Reads a configuration of this version or an earlier one.
  ///
  /// - Throws: `DecodingError` that names the key that is missing or wrong.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    version = try container.decodeIfPresent(Int.self, forKey: .version) ?? 1
    guard (1...currentConfigurationVersion).contains(version) else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: container,
        debugDescription: "it is of version \(version) of a newer Cajal; this one reads up to "
          + "\(currentConfigurationVersion)")
    }
    model = try container.decode(ModelConfiguration.self, forKey: .model)
    kind = try container.nestedContainer(keyedBy: ModelKeys.self, forKey: .model)
      .decode(String.self, forKey: .kind)
    hyperparameterSet = try container.decodeIfPresent(String.self, forKey: .hyperparameterSet)
    optimizer = try container.decode(Optimizer.self, forKey: .optimizer)
    groups = try container.decodeIfPresent([String: GroupTraining].self, forKey: .groups) ?? [:]
    data = try Data(from: decoder)
    initialWeights = try container.decodeIfPresent(InitialWeights.self, forKey: .initialWeights)
    steps = try container.decode(Int.self, forKey: .steps)
    options = try container.decode(TrainerOptions.self, forKey: .options)
    devices = try container.decodeIfPresent([RunDevice].self, forKey: .devices) ?? []
  }

  /// Writes the configuration in the current version; the data's keys are next to the others.
  public func encode(to encoder: any Encoder) throws {
    try data.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(currentConfigurationVersion, forKey: .version)
    try container.encode(KindAndConfiguration(kind: kind, configuration: model), forKey: .model)
    try container.encodeIfPresent(hyperparameterSet, forKey: .hyperparameterSet)
    try container.encode(optimizer, forKey: .optimizer)
    if !groups.isEmpty { try container.encode(groups, forKey: .groups) }
    try container.encodeIfPresent(initialWeights, forKey: .initialWeights)
    try container.encode(steps, forKey: .steps)
    try container.encode(options, forKey: .options)
    try container.encode(devices, forKey: .devices)
  }

  /// The model's configuration with its kind as one more key.
  private struct KindAndConfiguration: Encodable {
    let kind: String
    let configuration: ModelConfiguration

    func encode(to encoder: any Encoder) throws {
      try configuration.encode(to: encoder)
      var container = encoder.container(keyedBy: ModelKeys.self)
      try container.encode(kind, forKey: .kind)
    }
  }
}
